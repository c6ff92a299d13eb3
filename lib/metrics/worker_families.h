#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// Where the time of each worker goes, and whether it is stuck.
void add_worker_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
