#include "ring/packet_socket.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>

#include "base/check.h"

namespace ringtail::ring {
namespace {

std::string_view remedy_for(int error) {
  switch (error) {
    case EPERM:
      return "recording needs CAP_NET_RAW: run as root, or give it by `setcap cap_net_raw+ep` on "
             "the "
             "program, or by AmbientCapabilities=CAP_NET_RAW in a unit";
    case EMFILE:
      return "raise RLIMIT_NOFILE, which is LimitNOFILE= in a unit";
    default:
      return "";
  }
}

}  // namespace

base::UniqueFd open_packet_socket(const std::string& interface, bool cooked) {
  const int type = (cooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  const int socket = ::socket(AF_PACKET, type, 0);
  return base::UniqueFd(base::check(socket, "socket(AF_PACKET) for", interface, remedy_for(errno)));
}

void bind_to_interface(int socket, int index, const std::string& interface, bool promiscuous) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  base::check(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address),
              "bind to", interface);
  if (!promiscuous || index == 0) return;
  packet_mreq membership{};
  membership.mr_ifindex = index;
  membership.mr_type = PACKET_MR_PROMISC;
  base::check(
      ::setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership),
      "setsockopt(PACKET_MR_PROMISC) on", interface);
}

SocketStatistics read_statistics(int socket, const std::string& interface) {
  tpacket_stats_v3 statistics{};
  socklen_t length = sizeof statistics;
  base::check(::getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length),
              "getsockopt(PACKET_STATISTICS) of", interface);
  return {statistics.tp_packets, statistics.tp_drops, statistics.tp_freeze_q_cnt};
}

}  // namespace ringtail::ring
