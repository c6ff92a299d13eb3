#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtail::capture {

// The highest value of the last minute. It does not depend on who has read it when: a peak that a
// reading resets is hidden from the second scraper.
//
// One thread notes, any reads.
class RecentPeak {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t kWindowSeconds = 60;

  void note(std::uint32_t value, Clock::time_point now) {
    const std::uint32_t second = second_of(now);
    std::atomic<std::uint64_t>& slot = slots_[second % slots_.size()];
    const std::uint64_t before = slot.load(std::memory_order_relaxed);
    if (second_of(before) == second && value_of(before) >= value) return;
    slot.store(std::uint64_t{second} << 32U | value, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint32_t read(Clock::time_point now) const {
    const std::uint32_t second = second_of(now);
    std::uint32_t peak = 0;
    for (const auto& slot : slots_) {
      const std::uint64_t noted = slot.load(std::memory_order_relaxed);
      // One that was noted after `now` was read wraps to a great age: it is told next time.
      if (second - second_of(noted) < kWindowSeconds) peak = std::max(peak, value_of(noted));
    }
    return peak;
  }

 private:
  static std::uint32_t second_of(Clock::time_point time) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  }
  static std::uint32_t second_of(std::uint64_t slot) {
    return static_cast<std::uint32_t>(slot >> 32U);
  }
  static std::uint32_t value_of(std::uint64_t slot) { return static_cast<std::uint32_t>(slot); }

  // By second: which one in the upper half, its highest value in the lower. More than the window,
  // so that the one that is noted is none that is read for its oldest.
  std::array<std::atomic<std::uint64_t>, kWindowSeconds + 4> slots_{};
};

}  // namespace ringtail::capture
