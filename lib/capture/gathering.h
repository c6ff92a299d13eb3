#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ringtail::capture {

// Leaves retired blocks in their ring until there are as many as are written together, or the first
// has waited long enough: they share what a write costs to submit and to complete. Meanwhile the
// ring has less free room, but by no more than an eighth of it: a small ring's blocks are taken one
// by one.
//
// Used by one worker.
class Gathering {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t kBlocks = 4;  // as store::Uring pushes together
  static constexpr std::uint32_t kLeastRingBlocks = 8 * kBlocks;
  static constexpr Clock::duration kLongestWait = std::chrono::milliseconds(250);

  // Whether to leave the source's blocks alone now. False as well if there are none.
  template <typename Source>
  [[nodiscard]] bool waits(const Source& source, Clock::time_point now) {
    const bool has_room = source.block_count() >= kLeastRingBlocks;
    const bool few = has_room && source.has_retired(1) && !source.has_retired(kBlocks);
    if (few && !due_) due_ = now + kLongestWait;
    if (few && now < *due_) return true;
    end();
    return false;
  }
  // They wait no longer.
  void end() { due_.reset(); }

  // Until when blocks wait at most, if any do.
  [[nodiscard]] std::optional<Clock::time_point> due() const { return due_; }

 private:
  std::optional<Clock::time_point> due_;
};

}  // namespace ringtail::capture
