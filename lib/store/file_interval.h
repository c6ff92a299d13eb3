#pragma once

#include <chrono>
#include <optional>

#include "store/file_name.h"

namespace ringtail::store {

// The interval of the clock that one file is for: from one multiple of `length` since the epoch
// (UTC) to the next.
//
// Packet times alone say where a block belongs, so that a backlog is divided as it came and the
// names of files agree with it, whichever clock stamps the packets. The steady clock only counts
// how long the interval still lasts when packets stop: a step forward of the other clock ends one
// file, and a step back none before its time. A value; a file without an interval never ends by it.
class FileInterval {
 public:
  using Clock = std::chrono::steady_clock;
  // A packet may lie in the ring for a block timeout (60 ms) before the worker can see it.
  static constexpr std::chrono::milliseconds kLateness{250};

  FileInterval() = default;
  // Of the file that begins, now, with a packet of this time. `length` 0 is no interval.
  FileInterval(std::chrono::nanoseconds length, PacketTime first, Clock::time_point now)
      : begin_(first) {
    if (length == std::chrono::nanoseconds::zero()) return;
    const std::chrono::nanoseconds since_epoch = first.time_since_epoch();
    end_ = PacketTime(since_epoch - since_epoch % length + length);
    over_at_ = now + (*end_ - first) + kLateness;
  }

  [[nodiscard]] PacketTime first() const { return begin_; }
  // Whether a block that begins with a packet of this time goes into another file. When the clock
  // was set back, the file ends when its interval would have.
  [[nodiscard]] bool ends_before(PacketTime first, Clock::time_point now) const {
    return end_ && (first >= *end_ || (first < begin_ && now >= over_at_));
  }
  // When it is over although no packet says so.
  [[nodiscard]] std::optional<Clock::time_point> over_at() const {
    return end_ ? std::optional(over_at_) : std::nullopt;
  }

 private:
  PacketTime begin_;  // of the first packet
  std::optional<PacketTime> end_;
  Clock::time_point over_at_;
};

}  // namespace ringtail::store
