#include "capture/workers.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/report_once.h"

namespace ringtail::capture {

Workers::Workers(const store::Storage& storage, base::Reporter report)
    : storage_(storage),
      report_(std::move(report)),
      report_unregistered_(base::report_once(report_, base::Severity::kInfo)) {}

Worker& Workers::on(unsigned cpu) {
  const auto found = std::ranges::find(cpus_, cpu);
  if (found != cpus_.end()) return *workers_[static_cast<std::size_t>(found - cpus_.begin())];
  auto worker = std::make_unique<Worker>(static_cast<unsigned>(workers_.size()), cpu);
  if (storage_.may_use_uring()) open_uring(*worker);
  cpus_.push_back(cpu);
  return *workers_.emplace_back(std::move(worker));
}

void Workers::open_uring(Worker& worker) const {
  try {
    worker.open_uring(report_unregistered_);
  } catch (const std::system_error& error) {
    if (storage_.must_use_uring()) throw;
    report_(base::Severity::kWarning, "worker " + std::to_string(worker.number()) +
                                          " waits for each of its writes: " + error.what());
  }
}

void Workers::start() {
  for (const auto& worker : workers_) worker->start();
}

void Workers::stop() {
  for (const auto& worker : workers_) worker->stop();
}

std::vector<WorkerSnapshot> Workers::snapshot() const {
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  std::vector<WorkerSnapshot> snapshot;
  for (const auto& worker : workers_) {
    const WorkerClock::Reading clock = worker->read_clock();
    snapshot.push_back({.worker = worker->number(),
                        .encoding_seconds = seconds(clock.spent[0]),
                        .waiting_disk_seconds = seconds(clock.spent[1]),
                        .idle_seconds = seconds(clock.spent[2]),
                        .last_progress = clock.last_progress});
  }
  return snapshot;
}

}  // namespace ringtail::capture
