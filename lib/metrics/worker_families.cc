#include "metrics/worker_families.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace ringtail::metrics {
namespace {

using capture::WorkerSnapshot;
using prometheus::MetricFamily;

MetricFamily seconds_by_state(const capture::Snapshot& snapshot) {
  MetricFamily family =
      counter("ringtail_worker_seconds_total", "Time of each worker, by what it spent it on.");
  for (const WorkerSnapshot& worker : snapshot.workers) {
    const std::string number = std::to_string(worker.worker);
    add(family, {{"worker", number}, {"state", "encoding"}}, worker.encoding_seconds);
    add(family, {{"worker", number}, {"state", "waiting_disk"}}, worker.waiting_disk_seconds);
    add(family, {{"worker", number}, {"state", "idle"}}, worker.idle_seconds);
  }
  return family;
}

MetricFamily stuck_seconds(const capture::Snapshot& snapshot) {
  MetricFamily family =
      gauge("ringtail_worker_stuck_seconds",
            "For how long the worker has been in one step; next to nothing while it works or waits "
            "for packets.");
  const auto now = std::chrono::steady_clock::now();
  for (const WorkerSnapshot& worker : snapshot.workers) {
    const std::chrono::duration<double> silence = now - worker.last_progress;
    add(family, {{"worker", std::to_string(worker.worker)}}, std::max(silence.count(), 0.0));
  }
  return family;
}

}  // namespace

void add_worker_families(Families& families, const capture::Snapshot& snapshot) {
  families.push_back(seconds_by_state(snapshot));
  families.push_back(stuck_seconds(snapshot));
}

}  // namespace ringtail::metrics
