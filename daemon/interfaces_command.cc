#include "daemon/interfaces_command.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/exit_code.h"
#include "daemon/interface_listing.h"

namespace ringtail::daemon {
namespace {

// A device that does not say has as many queues in use as there is room for, if that is one.
std::optional<ring::Queues> queues_of(const ring::ListedInterface& link,
                                      const ring::Ethtool& ethtool) {
  const std::optional<ring::Queues> said = ethtool.queues(link.name);
  if (said || link.rx_queues != 1 || link.tx_queues != 1) return said;
  return ring::Queues{1, 1};
}

std::vector<InterfaceDescription> describe_all() {
  ring::Ethtool ethtool;
  std::vector<InterfaceDescription> interfaces;
  for (ring::ListedInterface& link : ring::list_interfaces()) {
    const std::string name = link.name;
    const std::optional<ring::Queues> queues = queues_of(link, ethtool);
    interfaces.push_back({std::move(link), ethtool.driver(name), queues, ethtool.offloads(name)});
  }
  return interfaces;
}

std::string listing(const InterfacesOptions& options) {
  const std::vector<InterfaceDescription> interfaces = describe_all();
  if (options.json) return interface_json(interfaces, options.stats);
  return options.stats ? counter_table(interfaces) : interface_table(interfaces);
}

}  // namespace

int interfaces_command(const InterfacesOptions& options, std::ostream& out, std::ostream& err) {
  out << listing(options);
  // `interfaces --json > file` on a full disk must not look like success.
  if (out.flush()) return kOk;
  err << "the list of interfaces cannot be written\n";
  return kFailure;
}

}  // namespace ringtail::daemon
