#include "metrics/health.h"

namespace ringtail::metrics {

Verdict health_of(const capture::Snapshot& snapshot, std::chrono::steady_clock::time_point now,
                  std::chrono::steady_clock::duration bound) {
  using std::chrono::seconds;
  std::string culprits;
  for (const capture::WorkerSnapshot& worker : snapshot.workers) {
    const auto silence = now - worker.last_progress;
    if (silence <= bound) continue;
    const auto silence_seconds = std::chrono::duration_cast<seconds>(silence).count();
    culprits += "worker " + std::to_string(worker.worker) + " has made no progress for " +
                std::to_string(silence_seconds) + " s\n";
  }
  if (culprits.empty()) return {true, "healthy\n"};
  return {false, std::move(culprits)};
}

Verdict readiness_of(const capture::Snapshot& snapshot) {
  std::string culprits;
  for (const capture::RecorderSnapshot& recorder : snapshot.recorders) {
    if (recorder.recording()) continue;
    culprits += "capture " + recorder.capture + " is not recording on " + recorder.interface +
                " (worker " + std::to_string(recorder.worker) + "): " + recorder.condition.problem +
                "\n";
  }
  for (const capture::TcpWatchSnapshot& watch : snapshot.tcp_watch) {
    if (watch.problem.empty()) continue;
    culprits += "the TCP watch does not count on " + watch.interface + ": " + watch.problem + "\n";
  }
  if (culprits.empty()) return {true, "ready\n"};
  return {false, std::move(culprits)};
}

}  // namespace ringtail::metrics
