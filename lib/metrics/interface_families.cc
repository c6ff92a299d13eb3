#include "metrics/interface_families.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace ringtail::metrics {
namespace {

using capture::InterfaceSnapshot;
using prometheus::MetricFamily;

struct LinkCounter {
  std::string_view name;
  const char* help;
};

constexpr std::array<LinkCounter, 10> kCounters = {{
    {"rx_packets", "Packets that the interface has received."},
    {"tx_packets", "Packets that the interface has sent."},
    {"rx_bytes", "Bytes that the interface has received."},
    {"tx_bytes", "Bytes that the interface has sent."},
    {"rx_errors", "Packets that were received damaged."},
    {"tx_errors", "Packets that could not be sent."},
    {"rx_dropped", "Packets that were received and not processed, such as for want of memory."},
    {"tx_dropped", "Packets that were not sent, such as for want of memory."},
    {"rx_missed_errors", "Packets that the card had no room for, as the host did not fetch them."},
    {"rx_fifo_errors", "Packets that the card's FIFO had no room for."},
}};

MetricFamily counters(const capture::Snapshot& snapshot, const LinkCounter& counted) {
  MetricFamily family =
      counter("ringtail_interface_" + std::string(counted.name) + "_total", counted.help);
  for (const InterfaceSnapshot& interface : snapshot.interfaces) {
    const auto found = interface.counters.find(counted.name);
    if (found == interface.counters.end()) continue;
    add(family, {{"interface", interface.interface}}, static_cast<double>(found->second));
  }
  return family;
}

}  // namespace

void add_interface_families(Families& families, const capture::Snapshot& snapshot) {
  MetricFamily up = gauge("ringtail_interface_up",
                          "1 while the interface is switched on and has a link, else 0.");
  for (const InterfaceSnapshot& interface : snapshot.interfaces)
    add(up, {{"interface", interface.interface}}, interface.up ? 1 : 0);
  families.push_back(std::move(up));
  for (const LinkCounter& counted : kCounters) families.push_back(counters(snapshot, counted));
}

}  // namespace ringtail::metrics
