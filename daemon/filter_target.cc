#include "daemon/filter_target.h"

#include "ring/interface.h"
#include "ring/link_type.h"

namespace ringtail::daemon {

filter::Target filter_target(const std::string& interface, std::uint32_t snaplen) {
  filter::Target target;
  target.interface = interface;
  target.snaplen = snaplen;
  if (const auto found = ring::look_up_interface(ring::open_lookup_socket().get(), interface))
    target.link_type = ring::link_type_of(found->hardware_type).name;
  return target;
}

}  // namespace ringtail::daemon
