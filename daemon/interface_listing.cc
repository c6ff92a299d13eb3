#include "daemon/interface_listing.h"

#include <linux/if.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>
#include <utility>

#include "base/escaped.h"
#include "base/utf8.h"
#include "daemon/text_table.h"
#include "ring/interface.h"
#include "ring/link_type.h"

namespace ringtail::daemon {
namespace {

constexpr const char* kUnknown = "-";

const char* word_for(ring::LinkState state) {
  switch (state) {
    case ring::LinkState::kUp:
      return "up";
    case ring::LinkState::kDown:
      return "down";
    case ring::LinkState::kNoCarrier:
      return "no-carrier";
    case ring::LinkState::kDormant:
      return "dormant";
  }
  return kUnknown;
}

std::string on_or_off(std::optional<bool> offload) {
  if (!offload) return kUnknown;
  return *offload ? "on" : "off";
}

// The letters and their order are net-tools'; both P are its own.
std::string netstat_flags(std::uint32_t flags) {
  constexpr std::array<std::pair<std::uint32_t, char>, 14> kLetters = {{
      {IFF_ALLMULTI, 'A'},
      {IFF_BROADCAST, 'B'},
      {IFF_DEBUG, 'D'},
      {IFF_LOOPBACK, 'L'},
      {IFF_MULTICAST, 'M'},
      {IFF_DYNAMIC, 'd'},
      {IFF_PROMISC, 'P'},
      {IFF_NOTRAILERS, 'N'},
      {IFF_NOARP, 'O'},
      {IFF_POINTOPOINT, 'P'},
      {IFF_SLAVE, 's'},
      {IFF_MASTER, 'm'},
      {IFF_RUNNING, 'R'},
      {IFF_UP, 'U'},
  }};
  std::string letters;
  for (const auto& [flag, letter] : kLetters)
    if ((flags & flag) != 0) letters += letter;
  return letters;
}

std::vector<std::string> table_row(const InterfaceDescription& interface) {
  const ring::ListedInterface& link = interface.link;
  const ring::Offloads& offloads = interface.offloads;
  return {base::escaped(link.name),
          std::to_string(link.index),
          word_for(link.state),
          std::string(ring::link_type_of(link.hardware_type).name),
          std::to_string(link.mtu),
          interface.driver ? base::escaped(*interface.driver) : kUnknown,
          interface.queues ? std::to_string(interface.queues->rx) : kUnknown,
          interface.queues ? std::to_string(interface.queues->tx) : kUnknown,
          on_or_off(offloads.gro),
          on_or_off(offloads.gro_hw),
          on_or_off(offloads.lro),
          on_or_off(offloads.tso),
          on_or_off(offloads.rx_vlan)};
}

std::vector<std::string> counter_row(const ring::ListedInterface& link) {
  const auto text = [&link](std::string_view counter) {
    return std::to_string(link.counters.at(counter));
  };
  // netstat reads /proc/net/dev, where what the device missed counts as dropped.
  const std::uint64_t rx_drops =
      link.counters.at("rx_dropped") + link.counters.at("rx_missed_errors");
  return {base::escaped(link.name), std::to_string(link.mtu), text("rx_packets"),
          text("rx_errors"),        std::to_string(rx_drops), text("rx_fifo_errors"),
          text("tx_packets"),       text("tx_errors"),        text("tx_dropped"),
          text("tx_fifo_errors"),   netstat_flags(link.flags)};
}

template <typename Value>
boost::json::value json_or_null(const std::optional<Value>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

// JSON is UTF-8, and a name need not be.
std::string json_text(const std::string& name) {
  return base::is_utf8(name) ? name : base::escaped(name);
}

boost::json::object json_link_type(const ring::LinkType& type) {
  return {{"name", type.name}, {"number", type.number}, {"cooked", type.cooked}};
}

boost::json::object json_offloads(const ring::Offloads& offloads) {
  return {{"gro", json_or_null(offloads.gro)},
          {"gro_hw", json_or_null(offloads.gro_hw)},
          {"lro", json_or_null(offloads.lro)},
          {"tso", json_or_null(offloads.tso)},
          {"rx_vlan", json_or_null(offloads.rx_vlan)}};
}

boost::json::object json_counters(const ring::LinkCounters& counters) {
  boost::json::object object;
  for (const auto& [name, value] : counters) object[name] = value;
  return object;
}

boost::json::object json_interface(const InterfaceDescription& interface) {
  const ring::ListedInterface& link = interface.link;
  const std::optional<ring::Queues>& queues = interface.queues;
  return {{"name", json_text(link.name)},
          {"index", link.index},
          {"state", word_for(link.state)},
          {"flags", netstat_flags(link.flags)},
          {"hardware_type", link.hardware_type},
          {"link_type", json_link_type(ring::link_type_of(link.hardware_type))},
          {"mtu", link.mtu},
          {"driver", json_or_null(interface.driver)},
          {"rx_queues", queues ? boost::json::value(queues->rx) : nullptr},
          {"tx_queues", queues ? boost::json::value(queues->tx) : nullptr},
          {"offloads", json_offloads(interface.offloads)}};
}

boost::json::object json_any() {
  return {{"name", ring::kAnyInterface},
          {"index", nullptr},
          {"state", word_for(ring::LinkState::kUp)},
          {"flags", nullptr},
          {"hardware_type", nullptr},
          {"link_type", json_link_type(ring::kCookedLinkType)},
          {"mtu", nullptr},
          {"driver", nullptr},
          {"rx_queues", nullptr},
          {"tx_queues", nullptr},
          {"offloads", json_offloads({})}};
}

}  // namespace

std::string interface_table(const std::vector<InterfaceDescription>& interfaces) {
  const std::vector<TextColumn> columns = {
      {"NAME"},   {"INDEX", true}, {"STATE"},     {"LINKTYPE"}, {"MTU", true},
      {"DRIVER"}, {"RXQ", true},   {"TXQ", true}, {"GRO"},      {"GRO-HW"},
      {"LRO"},    {"TSO"},         {"RX-VLAN"}};
  std::vector<std::vector<std::string>> rows(interfaces.size());
  std::ranges::transform(interfaces, rows.begin(), table_row);
  std::vector<std::string> any(columns.size(), kUnknown);
  any[0] = ring::kAnyInterface;
  any[2] = word_for(ring::LinkState::kUp);
  any[3] = ring::kCookedLinkType.name;
  rows.push_back(std::move(any));
  return text_table(columns, rows);
}

std::string counter_table(const std::vector<InterfaceDescription>& interfaces) {
  std::vector<std::vector<std::string>> rows(interfaces.size());
  std::ranges::transform(interfaces, rows.begin(), counter_row, &InterfaceDescription::link);
  return text_table({{"NAME"},
                     {"MTU", true},
                     {"RX-OK", true},
                     {"RX-ERR", true},
                     {"RX-DRP", true},
                     {"RX-OVR", true},
                     {"TX-OK", true},
                     {"TX-ERR", true},
                     {"TX-DRP", true},
                     {"TX-OVR", true},
                     {"FLAGS"}},
                    rows);
}

std::string interface_json(const std::vector<InterfaceDescription>& interfaces,
                           bool with_counters) {
  boost::json::array list;
  for (const InterfaceDescription& interface : interfaces) {
    boost::json::object object = json_interface(interface);
    if (with_counters) object["counters"] = json_counters(interface.link.counters);
    list.emplace_back(std::move(object));
  }
  boost::json::object any = json_any();
  if (with_counters) any["counters"] = nullptr;
  list.emplace_back(std::move(any));
  return boost::json::serialize(boost::json::object{{"interfaces", std::move(list)}}) + "\n";
}

}  // namespace ringtail::daemon
