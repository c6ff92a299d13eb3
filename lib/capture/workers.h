#pragma once

#include <memory>
#include <vector>

#include "capture/snapshot.h"
#include "capture/worker.h"

namespace ringtail::capture {

// The workers, one for each CPU that was ever asked for, numbered in that order. One without a
// recorder sleeps. Control thread.
class Workers {
 public:
  // The worker of that CPU; a new one runs after the next start().
  [[nodiscard]] Worker& on(unsigned cpu);
  // Starts those that do not run. Throws std::system_error.
  void start();
  void stop();

  [[nodiscard]] std::vector<WorkerSnapshot> snapshot() const;

 private:
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<unsigned> cpus_;  // of each
};

}  // namespace ringtail::capture
