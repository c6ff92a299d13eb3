#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ringtail::packet {

// Bits of a TCP header's flags (RFC 9293, section 3.1).
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

// How far is looked for a TCP header: behind so many VLAN tags in the bytes of a frame (0x8100,
// 0x88a8 and 0x9100), and behind so many extension headers of IPv6 (hop-by-hop and destination
// options, routing, fragment), one more than RFC 8200 has in a packet that is neither encrypted nor
// authenticated.
inline constexpr unsigned kMaxTags = 2;
inline constexpr unsigned kMaxExtensionHeaders = 6;

// The flags of a packet's TCP header; nothing if it has none. Pure, and trusts no byte: a header
// must lie within what was captured and within the length that the IP header states (0, as on
// merged packets above 64 KiB, states none). A fragment has the header only if it is the first. Not
// looked into: tunnels, MPLS, PPPoE and what is encrypted or authenticated (ESP, AH).
[[nodiscard]] std::optional<std::uint8_t> tcp_flags_of_ethernet(std::span<const std::byte> frame);
// For bytes that begin with the network header, whose EtherType is known.
[[nodiscard]] std::optional<std::uint8_t> tcp_flags_of_network(std::uint16_t ethertype,
                                                               std::span<const std::byte> packet);

}  // namespace ringtail::packet
