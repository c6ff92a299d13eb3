#include "daemon/interface_options.h"

#include <net/if_arp.h>

#include <stdexcept>
#include <utility>

#include "filter/direction.h"
#include "filter/expression.h"
#include "ring/interface.h"

namespace ringtail::daemon {
namespace {

filter::Direction direction_of(settings::Direction direction) {
  switch (direction) {
    case settings::Direction::kIn:
      return filter::Direction::kIn;
    case settings::Direction::kOut:
      return filter::Direction::kOut;
    case settings::Direction::kBoth:
      break;
  }
  return filter::Direction::kBoth;
}

filter::Loopback loopback_of(const std::string& interface, int hardware_type) {
  if (interface == ring::kAnyInterface) return filter::Loopback::kSome;
  return hardware_type == ARPHRD_LOOPBACK ? filter::Loopback::kAll : filter::Loopback::kNone;
}

}  // namespace

capture::InterfaceOptions interface_options(const settings::Capture& capture,
                                            const std::string& interface,
                                            const base::Reporter& report) {
  const auto found = ring::look_up_interface(ring::open_lookup_socket().get(), interface);
  const int hardware_type = found ? found->hardware_type : ARPHRD_ETHER;
  const ring::LinkType link_type = ring::link_type_of(hardware_type);
  const filter::Compiled compiled =
      filter::compile(capture.filter, {.interface = interface,
                                       .link_type = std::string(link_type.name),
                                       .snaplen = capture.snaplen});
  // A program that may be wrong would leave out packets without a word. The expression is not at
  // fault, this host is.
  if (!compiled.unchecked.empty())
    throw std::runtime_error(filter::FilterError(capture.filter, compiled.unchecked).one_line());
  for (const filter::ResolvedName& name : compiled.names)
    report(base::Severity::kInfo, "filter of capture " + capture.name + ": " + to_text(name));
  return {.name = interface,
          .link_type = link_type,
          .filter = filter::with_direction(compiled.program, direction_of(capture.direction),
                                           loopback_of(interface, hardware_type))};
}

}  // namespace ringtail::daemon
