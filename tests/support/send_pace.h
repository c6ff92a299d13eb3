#pragma once

#include <chrono>
#include <cstdint>

namespace ringtail::support {

// How many packets are due by now at an even rate. A rate of 0 is full speed: all are due.
class SendPace {
 public:
  using Clock = std::chrono::steady_clock;

  SendPace(double packets_per_second, Clock::time_point start)
      : packets_per_second_(packets_per_second), start_(start) {}

  [[nodiscard]] std::uint64_t due(Clock::time_point now) const {
    if (packets_per_second_ <= 0) return UINT64_MAX;
    const std::chrono::duration<double> elapsed = now - start_;
    return static_cast<std::uint64_t>(elapsed.count() * packets_per_second_) + 1;
  }

  // When packet `index` (from 0) is due.
  [[nodiscard]] Clock::time_point due_at(std::uint64_t index) const {
    if (packets_per_second_ <= 0) return start_;
    const std::chrono::duration<double> delay(static_cast<double>(index) / packets_per_second_);
    return start_ + std::chrono::ceil<Clock::duration>(delay);
  }

 private:
  double packets_per_second_;
  Clock::time_point start_;
};

}  // namespace ringtail::support
