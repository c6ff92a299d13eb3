#include "metrics/process_families.h"

#include <utility>

namespace ringtail::metrics {
namespace {

void add_one(Families& families, prometheus::MetricFamily family, double value) {
  add(family, {}, value);
  families.push_back(std::move(family));
}

}  // namespace

void add_process_families(Families& families, const base::ProcessStatus& status,
                          double boot_timestamp_seconds) {
  add_one(families, counter("process_cpu_seconds_total", "CPU time of all threads, in seconds."),
          status.cpu_seconds);
  add_one(families,
          gauge("process_resident_memory_bytes", "Memory that is in RAM, rings included."),
          static_cast<double>(status.resident_bytes));
  add_one(families, gauge("process_virtual_memory_bytes", "Address space, rings included."),
          static_cast<double>(status.virtual_bytes));
  add_one(families, gauge("process_open_fds", "Open file descriptors."),
          static_cast<double>(status.open_fds));
  add_one(families, gauge("process_max_fds", "Most file descriptors that may be open."),
          static_cast<double>(status.max_fds));
  add_one(families, gauge("process_threads", "Threads."), static_cast<double>(status.threads));
  add_one(families, gauge("process_start_time_seconds", "Unix time of the process' start."),
          boot_timestamp_seconds + status.start_seconds_since_boot);
}

}  // namespace ringtail::metrics
