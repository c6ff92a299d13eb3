#include "daemon/recorded_link.h"

#include <net/if_arp.h>

#include "ring/interface.h"

namespace ringtail::daemon {

RecordedLink recorded_link(const std::string& interface) {
  if (interface == ring::kAnyInterface) return {ring::kCookedLinkType, filter::Loopback::kSome};
  const auto found = ring::look_up_interface(ring::open_lookup_socket().get(), interface);
  const int hardware_type = found ? found->hardware_type : ARPHRD_ETHER;
  const bool loopback = hardware_type == ARPHRD_LOOPBACK;
  return {ring::link_type_of(hardware_type),
          loopback ? filter::Loopback::kAll : filter::Loopback::kNone};
}

}  // namespace ringtail::daemon
