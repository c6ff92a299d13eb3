#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::ring {

// What the kernel has counted for an interface since it was made: rtnl_link_stats64 of
// linux/if_link.h, by the kernel's own names.
using LinkCounters = std::map<std::string_view, std::uint64_t>;

enum class LinkState {
  kUp,
  kDown,       // administratively: nobody has switched it on
  kNoCarrier,  // switched on, but without a link: no cable, or its peer or lower device is down
  kDormant,    // has a link that may not be used yet, such as before an 802.1X login
};

// `flags` are IFF_*, `operstate` is an IF_OPER_* (linux/if.h). The carrier is taken from the flags,
// which follow it at once; the operational state may be a second late.
[[nodiscard]] LinkState link_state(std::uint32_t flags, std::uint8_t operstate);

struct ListedInterface {
  std::string name;  // any bytes but NUL, '/', ':' and white space (the kernel's dev_valid_name)
  int index = 0;
  int hardware_type = 0;  // ARPHRD_*
  LinkState state = LinkState::kDown;
  std::uint32_t flags = 0;      // IFF_*
  std::uint32_t mtu = 0;        // bytes
  std::uint32_t rx_queues = 0;  // there is room for so many; not all need be in use
  std::uint32_t tx_queues = 0;
  LinkCounters counters;
};

// All interfaces of the calling thread's network namespace, by index. By rtnetlink, since /sys may
// show those of another namespace. Needs no privilege; throws std::runtime_error.
[[nodiscard]] std::vector<ListedInterface> list_interfaces();

// Those of the names that there are, in the order of the names; the others are not listed, so that
// it costs nothing where a host has thousands. Throws std::runtime_error. The kernel answers under
// a lock (RTNL) that others may hold for long.
[[nodiscard]] std::vector<ListedInterface> read_interfaces(const std::vector<std::string>& names);

}  // namespace ringtail::ring
