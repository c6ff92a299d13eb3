#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "capture/snapshot.h"

namespace ringtail::metrics {

// Remembers when packets were last lost for each reason, which a counter does not tell. As exact as
// it is fed often. One thread.
class DropHistory {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void observe(const capture::Snapshot& snapshot, Time now);

  // When an observation last saw more packets lost than the one before; none if that never was so.
  [[nodiscard]] std::optional<Time> last_rise(capture::DropReason reason) const;

 private:
  // Each recorder by itself, as one that goes takes its counts out of the sum.
  using Recorder = std::tuple<std::string, std::string, unsigned>;  // capture, interface, worker

  std::map<Recorder, store::DropCounts> dropped_;
  std::array<std::optional<Time>, capture::kDropReasonCount> last_rise_{};
};

}  // namespace ringtail::metrics
