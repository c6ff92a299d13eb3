#include "daemon/default_interface.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/route.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <sstream>

namespace ringtail::daemon {
namespace {

constexpr unsigned long kRouteReject = 0x0200;  // RTF_REJECT: an unreachable route

// Remembers the interface with the lowest metric.
struct BestRoute {
  std::optional<std::string> interface;
  unsigned long metric = 0;

  void offer(const std::string& name, unsigned long offered_metric) {
    if (interface && metric <= offered_metric) return;
    interface = name;
    metric = offered_metric;
  }
};

// All of `text` as a hexadecimal number.
std::optional<unsigned long> hexadecimal(const std::string& text) {
  unsigned long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool usable(const std::string& flags_text) {
  const auto flags = hexadecimal(flags_text);
  return flags && (*flags & RTF_UP) != 0 && (*flags & kRouteReject) == 0;
}

std::optional<std::string> first_up(bool loopback) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const bool is_loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
    if ((entry->ifa_flags & IFF_UP) != 0 && is_loopback == loopback) return entry->ifa_name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> default_route_ipv4(std::istream& table) {
  BestRoute best;
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name, destination, gateway, flags, references, uses, mask;
    unsigned long metric = 0;
    fields >> name >> destination >> gateway >> flags >> references >> uses >> metric >> mask;
    if (!fields || destination != "00000000" || mask != "00000000") continue;
    if (usable(flags)) best.offer(name, metric);
  }
  return best.interface;
}

std::optional<std::string> default_route_ipv6(std::istream& table) {
  const std::string any(32, '0');
  BestRoute best;
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string destination, length, source, source_length, gateway, metric, references, uses,
        flags, name;
    fields >> destination >> length >> source >> source_length >> gateway >> metric >> references >>
        uses >> flags >> name;
    if (!fields || destination != any || length != "00") continue;
    if (const auto value = hexadecimal(metric); value && usable(flags)) best.offer(name, *value);
  }
  return best.interface;
}

std::optional<std::string> default_interface() {
  std::ifstream ipv4("/proc/net/route");
  if (auto found = default_route_ipv4(ipv4)) return found;
  std::ifstream ipv6("/proc/net/ipv6_route");
  if (auto found = default_route_ipv6(ipv6)) return found;
  if (auto found = first_up(false)) return found;
  return first_up(true);
}

}  // namespace ringtail::daemon
