#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "capture/gathering.h"

namespace ringtail::capture {

// How long a worker leaves its rings alone after a turn. Where blocks come in fast the next turn
// then finds several, which share what it costs to wake up, to submit writes and to complete them:
// at 64 bytes that is half of all CPU time. Where none would come in during two pauses the next
// block may as well wake the worker.
//
// Pure; used by one worker.
class TurnPace {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::duration kLongestPause = std::chrono::milliseconds(20);
  // In a row, while nothing wants a turn: by then nearly half as many blocks have come in as are
  // gathered, or more.
  static constexpr int kMostPauses = Gathering::kMostBlocks;

  // That of a ring with so much free memory: three quarters of it take longer to fill at 50 Gbit/s.
  // A ring was never seen to take 40: the kernel copies each packet.
  [[nodiscard]] static constexpr Clock::duration longest_pause(std::size_t free_bytes) {
    constexpr std::size_t kBytesPerMicrosecond = 6'250;
    return std::min<Clock::duration>(
        std::chrono::microseconds(free_bytes / 4 * 3 / kBytesPerMicrosecond), kLongestPause);
  }

  // After a turn: how many blocks were taken so far, in all turns, and what the rings allow. Zero:
  // wait for the next block.
  [[nodiscard]] Clock::duration pause(std::uint64_t taken_blocks, Clock::time_point now,
                                      Clock::duration longest) {
    const auto taken = static_cast<Clock::rep>(taken_blocks - taken_blocks_);
    if (taken != 0) {
      // Fewer, when who took them has gone.
      block_time_ = taken > 0 ? (now - since_) / taken : kUnknown;
      taken_blocks_ = taken_blocks;
      since_ = now;
    }
    if (block_time_ > 2 * longest) return {};
    return std::min(block_time_ * kBlocksPerPause, longest);
  }

  // When a pause that begins now ends. The longest ones of all workers end at once, and for that a
  // little early: of two threads that wake up on a CPU at the same time, the second one costs less
  // than half of what it costs alone, and CPUs of one package sleep together.
  [[nodiscard]] static constexpr Clock::time_point end(Clock::time_point now, Clock::duration pause,
                                                       Clock::duration longest) {
    const auto end = now + pause;
    const auto period = longest - longest % kStep;
    if (pause < longest || period == period.zero()) return end;
    return end - end.time_since_epoch() % period;
  }

 private:
  // Half as many as are gathered: a turn takes no more than are, and pauses that aim at all of them
  // fall behind by what the turn itself takes. The ring would fill until its free memory shortened
  // them.
  static constexpr int kBlocksPerPause = Gathering::kMostBlocks / 2;
  // Rings of the same size, of which some more is in use than of others, have one period.
  static constexpr Clock::duration kStep = std::chrono::milliseconds(5);
  static constexpr Clock::duration kUnknown = Clock::duration::max();

  std::uint64_t taken_blocks_ = 0;
  Clock::time_point since_;  // when that many were
  Clock::duration block_time_ = kUnknown;
};

}  // namespace ringtail::capture
