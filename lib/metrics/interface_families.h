#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// The raw counters of the recorded interfaces, by the kernel's own names (linux/if_link.h).
void add_interface_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
