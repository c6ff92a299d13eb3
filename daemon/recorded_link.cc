#include "daemon/recorded_link.h"

#include <net/if_arp.h>

#include "ring/interface.h"

namespace ringtail::daemon {
namespace {

filter::Loopback loopback_of(int hardware_type) {
  switch (hardware_type) {
    case ARPHRD_LOOPBACK:
      return filter::Loopback::kAll;
    case ARPHRD_VOID:  // ring::kAnyInterface
      return filter::Loopback::kSome;
    default:
      return filter::Loopback::kNone;
  }
}

}  // namespace

RecordedLink recorded_link(int hardware_type) {
  return {ring::link_type_of(hardware_type), loopback_of(hardware_type)};
}

int hardware_type_of(const std::string& interface) {
  const auto found = ring::look_up_interface(ring::open_lookup_socket().get(), interface);
  return found ? found->hardware_type : ring::kExpectedHardwareType;
}

}  // namespace ringtail::daemon
