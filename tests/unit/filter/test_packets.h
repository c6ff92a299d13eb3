#pragma once

#include <string>
#include <vector>

#include "interpreter.h"

namespace ringtail::filter {

// One packet, as an Ethernet socket and as a cooked one see it.
struct PacketPair {
  std::string what;
  TestPacket ethernet;
  TestPacket cooked;
};

// TCP, UDP, ICMP, fragments, IPv6 with its upper protocols, ARP, RARP and things cut short.
[[nodiscard]] std::vector<PacketPair> packet_pairs();

}  // namespace ringtail::filter
