#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// What is on disk, of each capture and of all together, and how the disk is.
void add_storage_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
