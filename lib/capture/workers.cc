#include "capture/workers.h"

#include <algorithm>
#include <chrono>

namespace ringtail::capture {

Worker& Workers::on(unsigned cpu) {
  const auto found = std::ranges::find(cpus_, cpu);
  if (found != cpus_.end()) return *workers_[static_cast<std::size_t>(found - cpus_.begin())];
  cpus_.push_back(cpu);
  const auto number = static_cast<unsigned>(workers_.size());
  return *workers_.emplace_back(std::make_unique<Worker>(number, cpu));
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
