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

// Of interfaces of that ARPHRD_*.
[[nodiscard]] RecordedLink recorded_link(int hardware_type);

// The ARPHRD_* of an interface; one that does not exist, or not yet, is taken for Ethernet.
[[nodiscard]] int hardware_type_of(const std::string& interface);

}  // namespace ringtail::daemon
