#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "store/file_name.h"

namespace ringtail::store {

// What time it surely is, for deleting what is older than `window`: the wall clock, but after a
// step forward only as far as the time since boot, which never steps, confirms it.
//
// It follows the lowest offset between the two clocks that was seen within the window. What was
// stamped by the wall clock less than `window` ago therefore never looks older than that, however
// the clock was set since; and as soon as a step lies further back than that, it has no effect.
//
// A value; used by one thread.
class TrustedClock {
 public:
  // The two clocks at one moment. Suspended time counts in both.
  struct Reading {
    PacketTime wall;                        // CLOCK_REALTIME
    std::chrono::nanoseconds since_boot{};  // CLOCK_BOOTTIME
  };
  [[nodiscard]] static Reading read_host();

  explicit TrustedClock(std::chrono::nanoseconds window) : window_(window) {}

  // From now on, until a window has passed, no time is sure: the wall clock is known to be wrong,
  // or to have been when the stamps on disk were made.
  void distrust(const Reading& now) { distrusted_until_ = now.since_boot + window_; }

  // Each reading is remembered; take one every few seconds.
  [[nodiscard]] std::optional<PacketTime> time(const Reading& now);

 private:
  // Whole seconds, so that slewing makes few of them.
  struct Offset {
    std::chrono::seconds wall_ahead{};  // of the time since boot
    std::chrono::nanoseconds until{};   // since boot: it may have held until then
  };

  std::chrono::nanoseconds window_;
  std::deque<Offset> offsets_;  // rising in both members; the first is the lowest of the window
  std::optional<std::chrono::nanoseconds> distrusted_until_;
};

}  // namespace ringtail::store
