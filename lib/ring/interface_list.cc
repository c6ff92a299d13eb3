#include "ring/interface_list.h"

#include <linux/if.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace ringtail::ring {
namespace {

struct FreeSocket {
  void operator()(nl_sock* socket) const { nl_socket_free(socket); }
};
struct FreeLink {
  void operator()(rtnl_link* link) const { rtnl_link_put(link); }
};
struct FreeCache {
  void operator()(nl_cache* cache) const { nl_cache_free(cache); }
};

constexpr std::array<std::pair<std::string_view, rtnl_link_stat_id_t>, 24> kCounters = {{
    {"rx_packets", RTNL_LINK_RX_PACKETS},
    {"tx_packets", RTNL_LINK_TX_PACKETS},
    {"rx_bytes", RTNL_LINK_RX_BYTES},
    {"tx_bytes", RTNL_LINK_TX_BYTES},
    {"rx_errors", RTNL_LINK_RX_ERRORS},
    {"tx_errors", RTNL_LINK_TX_ERRORS},
    {"rx_dropped", RTNL_LINK_RX_DROPPED},
    {"tx_dropped", RTNL_LINK_TX_DROPPED},
    {"multicast", RTNL_LINK_MULTICAST},
    {"collisions", RTNL_LINK_COLLISIONS},
    {"rx_length_errors", RTNL_LINK_RX_LEN_ERR},
    {"rx_over_errors", RTNL_LINK_RX_OVER_ERR},
    {"rx_crc_errors", RTNL_LINK_RX_CRC_ERR},
    {"rx_frame_errors", RTNL_LINK_RX_FRAME_ERR},
    {"rx_fifo_errors", RTNL_LINK_RX_FIFO_ERR},
    {"rx_missed_errors", RTNL_LINK_RX_MISSED_ERR},
    {"tx_aborted_errors", RTNL_LINK_TX_ABORT_ERR},
    {"tx_carrier_errors", RTNL_LINK_TX_CARRIER_ERR},
    {"tx_fifo_errors", RTNL_LINK_TX_FIFO_ERR},
    {"tx_heartbeat_errors", RTNL_LINK_TX_HBEAT_ERR},
    {"tx_window_errors", RTNL_LINK_TX_WIN_ERR},
    {"rx_compressed", RTNL_LINK_RX_COMPRESSED},
    {"tx_compressed", RTNL_LINK_TX_COMPRESSED},
    {"rx_nohandler", RTNL_LINK_RX_NOHANDLER},
}};

// libnl's results are no errno.
void check_netlink(int result, const char* call) {
  if (result < 0)
    throw std::runtime_error(std::string(call) + " to list the interfaces: " + nl_geterror(result));
}

std::unique_ptr<nl_sock, FreeSocket> open_socket() {
  std::unique_ptr<nl_sock, FreeSocket> socket(nl_socket_alloc());
  if (!socket) throw std::bad_alloc();
  check_netlink(nl_connect(socket.get(), NETLINK_ROUTE), "netlink socket");
  return socket;
}

std::unique_ptr<nl_cache, FreeCache> all_links() {
  const auto socket = open_socket();
  nl_cache* cache = nullptr;
  check_netlink(rtnl_link_alloc_cache(socket.get(), AF_UNSPEC, &cache), "RTM_GETLINK");
  return std::unique_ptr<nl_cache, FreeCache>(cache);
}

ListedInterface listed(rtnl_link* link) {
  ListedInterface interface;
  interface.name = rtnl_link_get_name(link);
  interface.index = rtnl_link_get_ifindex(link);
  interface.hardware_type = static_cast<int>(rtnl_link_get_arptype(link));
  interface.flags = rtnl_link_get_flags(link);
  interface.state = link_state(interface.flags, rtnl_link_get_operstate(link));
  interface.mtu = rtnl_link_get_mtu(link);
  interface.rx_queues = rtnl_link_get_num_rx_queues(link);
  interface.tx_queues = rtnl_link_get_num_tx_queues(link);
  for (const auto& [name, id] : kCounters) interface.counters[name] = rtnl_link_get_stat(link, id);
  return interface;
}

}  // namespace

LinkState link_state(std::uint32_t flags, std::uint8_t operstate) {
  if ((flags & IFF_UP) == 0) return LinkState::kDown;
  if ((flags & IFF_LOWER_UP) == 0) return LinkState::kNoCarrier;
  return operstate == IF_OPER_DORMANT ? LinkState::kDormant : LinkState::kUp;
}

std::vector<ListedInterface> list_interfaces() {
  const std::unique_ptr<nl_cache, FreeCache> links = all_links();
  std::vector<ListedInterface> interfaces;
  for (nl_object* object = nl_cache_get_first(links.get()); object != nullptr;
       object = nl_cache_get_next(object)) {
    interfaces.push_back(listed(reinterpret_cast<rtnl_link*>(object)));
  }
  std::ranges::sort(interfaces, {}, &ListedInterface::index);
  return interfaces;
}

std::vector<ListedInterface> read_interfaces(const std::vector<std::string>& names) {
  const auto socket = open_socket();
  std::vector<ListedInterface> interfaces;
  for (const std::string& name : names) {
    if (name.empty() || name.size() >= IFNAMSIZ) continue;  // no interface has such a name
    rtnl_link* found = nullptr;
    const int result = rtnl_link_get_kernel(socket.get(), 0, name.c_str(), &found);
    const std::unique_ptr<rtnl_link, FreeLink> link(found);
    if (result == -NLE_NODEV || result == -NLE_OBJ_NOTFOUND) continue;
    check_netlink(result, "RTM_GETLINK");
    interfaces.push_back(listed(link.get()));
  }
  return interfaces;
}

}  // namespace ringtail::ring
