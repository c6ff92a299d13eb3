#pragma once

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringtail::pcapfile {

// The link-layer header of a LINUX_SLL2 record, in network byte order.
// Source: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
struct CookedHeader {
  std::uint16_t protocol = 0;
  std::uint16_t reserved = 0;
  std::uint32_t interface_index = 0;
  std::uint16_t hardware_type = 0;
  std::uint8_t packet_type = 0;
  std::uint8_t address_length = 0;
  std::array<std::byte, 8> address{};
};
static_assert(sizeof(CookedHeader) == 20);

// The header, and behind it the rest of a VLAN tag that the kernel took out, as if it had stayed in
// the packet: its protocol stands in the header, and what it hides follows its TCI.
//
// Of stacked tags the kernel takes out the outer one only. Its link address should then name the
// inner one's protocol, but recent kernels (6.18; vlan_get_protocol_dgram) name what lies behind
// all tags: which protocol the inner tag had is lost, for tcpdump as well.
struct TaggedCookedHeader {
  CookedHeader header;
  std::uint16_t tci = 0;
  std::uint16_t protocol = 0;
};
static_assert(sizeof(TaggedCookedHeader) == 24);

// Of a frame without a tag, the first sizeof(CookedHeader) bytes of what is returned count. Reads
// the frame's link address, so nothing must have been written over it.
template <typename Frame>
[[nodiscard]] TaggedCookedHeader cooked_header(const Frame& frame) {
  const auto link = frame.link_address();
  const std::uint16_t protocol = htons(link.protocol);
  return {.header = {.protocol = frame.tagged ? htons(frame.vlan_tpid) : protocol,
                     .interface_index = htonl(link.interface_index),
                     .hardware_type = htons(link.hardware_type),
                     .packet_type = link.packet_type,
                     .address_length = link.length,
                     .address = link.address},
          .tci = htons(frame.vlan_tci),
          .protocol = protocol};
}

}  // namespace ringtail::pcapfile
