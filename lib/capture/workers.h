#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/snapshot.h"
#include "capture/worker.h"
#include "store/storage.h"

namespace ringtail::capture {

// The workers, one for each CPU that was ever asked for, numbered in that order. One without a
// recorder sleeps. Control thread.
class Workers {
 public:
  // Which of them write by io_uring is for `storage`, which must outlive them, to say.
  Workers(const store::Storage& storage, base::Reporter report);
  // The worker of that CPU; a new one runs after the next start(). Throws what Uring does if there
  // must be one; where there merely may be, the worker waits for each of its writes, and the report
  // says so.
  [[nodiscard]] Worker& on(unsigned cpu);
  // Starts those that do not run. Throws std::system_error.
  void start();
  void stop();

  [[nodiscard]] std::vector<WorkerSnapshot> snapshot() const;

 private:
  void open_uring(Worker& worker) const;

  const store::Storage& storage_;
  base::Reporter report_;
  std::function<void(const std::string&)> report_unregistered_;  // memory, by whichever worker
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<unsigned> cpus_;  // of each
};

}  // namespace ringtail::capture
