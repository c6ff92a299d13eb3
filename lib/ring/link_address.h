#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringtail::ring {

// What the kernel knows of the link that a packet came by or left on. A cooked socket's packets,
// which have no link-layer header, have nothing else. Host byte order. Source: packet(7).
struct LinkAddress {
  // Whether this host sent the packet.
  [[nodiscard]] bool is_outgoing() const { return packet_type == kOutgoing; }

  static constexpr std::uint8_t kOutgoing = 4;  // PACKET_OUTGOING
  std::uint16_t protocol = 0;  // an EtherType, or one of Linux's ETH_P_* below 1536
  std::uint32_t interface_index = 0;
  std::uint16_t hardware_type = 0;     // ARPHRD_*
  std::uint8_t packet_type = 0;        // PACKET_HOST, PACKET_OUTGOING, ...
  std::uint8_t length = 0;             // of the sender's address; may be over 8
  std::array<std::byte, 8> address{};  // its first 8 bytes, zeros behind a shorter one
};

}  // namespace ringtail::ring
