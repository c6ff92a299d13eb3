#pragma once

#include <chrono>
#include <optional>

namespace ringtail::daemon {

// Tells what a signal that asks to stop means. Control thread.
//
// One wish to stop may come as the same signal twice at once: timeout(1) signals its child and then
// the process group, and a wrapper passes a terminal's Ctrl-C on to a program that had it already.
// That must not cost packets.
class StopRequests {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kSameRequest{1};

  enum class Meaning { kStop, kRepetition, kHurry };
  [[nodiscard]] Meaning take(int signal, Clock::time_point now);

 private:
  struct Request {
    int signal;
    Clock::time_point time;
  };
  std::optional<Request> first_;
};

}  // namespace ringtail::daemon
