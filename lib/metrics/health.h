#pragma once

#include <chrono>
#include <string>

#include "capture/snapshot.h"

// The verdicts behind /healthz and /readyz: pure functions over a snapshot. `text` is the
// plain-text body, one line per culprit; a verdict that is not ok is answered with 503.
namespace ringtail::metrics {

struct Verdict {
  bool ok = true;
  std::string text;
};

// Not ok only when a worker's loop has not gone round for longer than `bound`: then a restart
// helps. A silent link, a full disk and a link that is down are no reason, and none of them stops
// the loop.
[[nodiscard]] Verdict health_of(
    const capture::Snapshot& snapshot, std::chrono::steady_clock::time_point now,
    std::chrono::steady_clock::duration bound = std::chrono::seconds(10));

// Not ok when any recorder does not record, or the TCP watch of an interface does not count; names
// the capture, the interface and the problem.
[[nodiscard]] Verdict readiness_of(const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
