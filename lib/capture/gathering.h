#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ringtail::capture {

// Leaves retired blocks in their ring until there are as many as a recorder has in flight, or the
// first has waited long enough: they share what a write costs to submit and to complete. Meanwhile
// the ring has less free room, but by no more than an eighth of it: a small ring's blocks are taken
// one by one.
//
// Used by one worker.
class Gathering {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t kMostBlocks = 8;
  static constexpr Clock::duration kLongestWait = std::chrono::milliseconds(250);

  // Whether the source has as many blocks as they wait for.
  template <typename Source>
  [[nodiscard]] static bool is_complete(const Source& source) {
    constexpr std::uint32_t kRingShare = 8;
    return source.has_retired(std::clamp(source.block_count() / kRingShare, 1U, kMostBlocks));
  }
  // Whether to leave the source's blocks alone now. False as well if there are none.
  template <typename Source>
  [[nodiscard]] bool waits(const Source& source, Clock::time_point now) {
    const bool few = source.has_retired(1) && !is_complete(source);
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
