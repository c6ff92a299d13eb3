#pragma once

#include "base/process_status.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// What the process takes of its host, by the names that Prometheus' client libraries use.
void add_process_families(Families& families, const base::ProcessStatus& status,
                          double boot_timestamp_seconds);

}  // namespace ringtail::metrics
