#pragma once

#include <string>

#include "filter/direction.h"
#include "ring/link_type.h"

namespace ringtail::daemon {

// What decides how an interface is recorded.
struct RecordedLink {
  ring::LinkType type;
  filter::Loopback loopback;
};

// An interface that does not exist, or not yet, is taken for Ethernet.
[[nodiscard]] RecordedLink recorded_link(const std::string& interface);

}  // namespace ringtail::daemon
