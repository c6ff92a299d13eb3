#pragma once

#include <string>

#include "capture/snapshot.h"

// The landing page's sections about links.
namespace ringtail::metrics {

// The recorded and watched interfaces, as the kernel counts for them; empty if there are none.
[[nodiscard]] std::string links_table(const capture::Snapshot& snapshot);
// What the TCP watch counts; empty if nothing is watched.
[[nodiscard]] std::string tcp_table(const capture::Snapshot& snapshot);

}  // namespace ringtail::metrics
