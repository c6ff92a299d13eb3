#pragma once

#include <istream>
#include <optional>
#include <string>

namespace ringtail::daemon {

// The interface to record when nobody named one: that of the default route (IPv4, then IPv6, the
// lowest metric), else the first one that is up and not loopback, else loopback if that is up.
// Empty if no interface is up.
[[nodiscard]] std::optional<std::string> default_interface();

// The parts that read the kernel's tables: /proc/net/route and /proc/net/ipv6_route (proc(5)).
[[nodiscard]] std::optional<std::string> default_route_ipv4(std::istream& table);
[[nodiscard]] std::optional<std::string> default_route_ipv6(std::istream& table);

}  // namespace ringtail::daemon
