#include "ring/frame.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>

#include <algorithm>
#include <cstring>

namespace ringtail::ring {

LinkAddress Frame::link_address() const {
  sockaddr_ll stored;
  std::memcpy(&stored, stored_address, sizeof stored);
  LinkAddress link;
  link.protocol = ntohs(stored.sll_protocol);
  link.interface_index = static_cast<std::uint32_t>(stored.sll_ifindex);
  link.hardware_type = stored.sll_hatype;
  link.packet_type = stored.sll_pkttype;
  link.length = stored.sll_halen;
  // The kernel writes no more than the address: behind a shorter one is what the block held before.
  const std::size_t known = std::min<std::size_t>(stored.sll_halen, link.address.size());
  std::memcpy(link.address.data(), stored.sll_addr, known);
  return link;
}

}  // namespace ringtail::ring
