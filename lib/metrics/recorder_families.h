#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// What each recorder has received, written and lost, and how full its ring is. Every reason is
// there also at 0, so that a rate() over it never has to start from nothing.
void add_recorder_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
