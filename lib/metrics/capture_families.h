#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// Each capture's state, files and writes.
void add_capture_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
