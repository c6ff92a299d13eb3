#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace ringtail::capture {

// What all captures together may hand to the disk in a second: a token bucket that holds one second
// of it, or none. The workers look and take once for each block, any thread. A block goes in as a
// whole while anything is left, and what it takes beyond that is owed: the rate is kept over time,
// whatever the size of the blocks.
class WriteRate {
 public:
  using Clock = std::chrono::steady_clock;

  // 0: any.
  explicit WriteRate(std::uint64_t bytes_per_second) { set(bytes_per_second); }

  // Any thread; what was used up so far stays so.
  void set(std::uint64_t bytes_per_second) {
    bytes_per_second_.store(static_cast<double>(bytes_per_second), std::memory_order_relaxed);
  }

  [[nodiscard]] bool has_room(Clock::time_point now) const {
    return rate() == 0 || paid_until_.load(std::memory_order_relaxed) < ticks(now);
  }
  void take(std::uint64_t bytes, Clock::time_point now) {
    const double bytes_per_second = rate();
    if (bytes_per_second == 0) return;
    const Clock::rep full = ticks(now) - ticks(kBurst);
    const auto cost =
        static_cast<Clock::rep>(static_cast<double>(bytes) * kTicksPerSecond / bytes_per_second);
    Clock::rep before = paid_until_.load(std::memory_order_relaxed);
    while (!paid_until_.compare_exchange_weak(before, std::max(before, full) + cost,
                                              std::memory_order_relaxed)) {
    }
  }

 private:
  static constexpr Clock::duration kBurst = std::chrono::seconds(1);
  static constexpr double kTicksPerSecond = static_cast<double>(kBurst.count());

  static Clock::rep ticks(Clock::time_point time) { return ticks(time.time_since_epoch()); }
  static constexpr Clock::rep ticks(Clock::duration time) { return time.count(); }

  [[nodiscard]] double rate() const { return bytes_per_second_.load(std::memory_order_relaxed); }

  std::atomic<double> bytes_per_second_ = 0;
  // Until when the rate has been used up, in the clock's ticks. Alone, it orders nothing else.
  std::atomic<Clock::rep> paid_until_ = 0;
};

}  // namespace ringtail::capture
