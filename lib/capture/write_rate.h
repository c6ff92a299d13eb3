#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace ringtail::capture {

// What all captures together may hand to the disk in a second: a token bucket that holds one second
// of it. The workers look and take once for each block, any thread. A block goes in as a whole
// while anything is left, and what it takes beyond that is owed: the rate is kept over time,
// whatever the size of the blocks.
class WriteRate {
 public:
  using Clock = std::chrono::steady_clock;

  explicit WriteRate(std::uint64_t bytes_per_second)
      : bytes_per_second_(static_cast<double>(bytes_per_second)) {}

  [[nodiscard]] bool has_room(Clock::time_point now) const {
    return paid_until_.load(std::memory_order_relaxed) < ticks(now);
  }
  void take(std::uint64_t bytes, Clock::time_point now) {
    const Clock::rep full = ticks(now) - ticks(kBurst);
    const auto cost =
        static_cast<Clock::rep>(static_cast<double>(bytes) * kTicksPerSecond / bytes_per_second_);
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

  double bytes_per_second_;
  // Until when the rate has been used up, in the clock's ticks. Alone, it orders nothing else.
  std::atomic<Clock::rep> paid_until_ = 0;
};

}  // namespace ringtail::capture
