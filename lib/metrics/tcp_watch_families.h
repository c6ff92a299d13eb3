#pragma once

#include "capture/snapshot.h"
#include "metrics/family.h"

namespace ringtail::metrics {

// What the TCP watch counts, by interface and direction, and what it could not count.
void add_tcp_watch_families(Families& families, const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
