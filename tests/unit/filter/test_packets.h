#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "interpreter.h"

namespace ringtail::filter {

// EtherTypes.
inline constexpr std::uint16_t kIpv4 = 0x0800;
inline constexpr std::uint16_t kIpv6 = 0x86DD;

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// One packet, as an Ethernet socket and as a cooked one see it.
struct PacketPair {
  std::string what;
  TestPacket ethernet;
  TestPacket cooked;
};

// TCP, UDP, ICMP, fragments, IPv6 with its upper protocols, ARP, RARP and things cut short.
[[nodiscard]] std::vector<PacketPair> packet_pairs();

}  // namespace ringtail::filter
