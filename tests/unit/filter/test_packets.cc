#include "test_packets.h"

#include <cstdint>

namespace ringtail::filter {
namespace {

void append16(Bytes& bytes, unsigned value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

Bytes ports(unsigned source, unsigned destination) {
  Bytes bytes;
  append16(bytes, source);
  append16(bytes, destination);
  return bytes;
}

Bytes tcp(unsigned source, unsigned destination, std::uint8_t flags, const Bytes& payload = {}) {
  return ports(source, destination) +
         Bytes{0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 0x20, 0, 0, 0, 0, 0} + payload;
}

Bytes udp(unsigned source, unsigned destination, std::size_t size) {
  return ports(source, destination) + Bytes{0, 8, 0, 0} + Bytes(size, 0x5A);
}

// `last` is the fourth byte of the addresses 192.168.152.x.
Bytes ipv4(std::uint8_t protocol, std::uint8_t from, std::uint8_t to, const Bytes& payload,
           unsigned fragment = 0, std::uint8_t words = 5) {
  const std::size_t header_bytes = std::size_t{4} * words;
  Bytes bytes{static_cast<std::uint8_t>(0x40U | words), 0};
  append16(bytes, static_cast<unsigned>(header_bytes + payload.size()));
  bytes = bytes + Bytes{0, 7};
  append16(bytes, fragment);
  bytes = bytes + Bytes{64, protocol, 0, 0, 192, 168, 152, from, 192, 168, 152, to};
  return bytes + Bytes(header_bytes - 20, 1) + payload;
}

Bytes over_ipv6(std::uint8_t next, const Bytes& payload) {
  Bytes bytes{0x60, 0, 0, 0};
  append16(bytes, static_cast<unsigned>(payload.size()));
  bytes = bytes + Bytes{next, 64};
  const Bytes address{0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return bytes + address + Bytes{1} + address + Bytes{2} + payload;
}

PacketPair pair(std::string what, std::uint16_t protocol, const Bytes& payload,
                std::uint8_t type = 0) {
  PacketPair packet;
  packet.what = std::move(what);
  packet.cooked = {payload, protocol, 2, 1, type, 0, false};
  Bytes header{0, 1, 2, 3, 4, 5, 0, 17, 34, 51, 68, 85};
  append16(header, protocol);
  packet.ethernet = {header + payload, protocol, 2, 1, type, 0, false};
  return packet;
}

}  // namespace

std::vector<PacketPair> packet_pairs() {
  const Bytes get{'G', 'E', 'T', ' ', '/'};
  const Bytes mail{'M', 'A', 'I', 'L', ' '};
  const Bytes ssh{'S', 'S', 'H', '-', '1', '.', '9'};
  const Bytes arp = Bytes{0, 1, 8, 0, 6, 4, 0, 1, 2, 2, 2, 2, 2, 2, 192, 168, 152, 100} +
                    Bytes{0, 0, 0, 0, 0, 0, 192, 168, 152, 101};
  std::vector<PacketPair> pairs = {
      pair("SYN", kIpv4, ipv4(6, 100, 101, tcp(4000, 80, 2))),
      pair("SYN and ACK, outgoing", kIpv4, ipv4(6, 101, 100, tcp(80, 4000, 0x12)), 4),
      pair("GET", kIpv4, ipv4(6, 3, 254, tcp(4000, 8000, 0x18, get))),
      pair("MAIL behind IP options", kIpv4, ipv4(6, 3, 200, tcp(4000, 25, 0x18, mail), 0, 7)),
      pair("SSH", kIpv4, ipv4(6, 3, 4, tcp(22, 4000, 0x18, ssh))),
      pair("DNS", kIpv4, ipv4(17, 100, 102, udp(5353, 53, 40))),
      pair("a large datagram", kIpv4, ipv4(17, 100, 102, udp(443, 443, 1200))),
      pair("a later fragment", kIpv4, ipv4(17, 100, 101, udp(53, 53, 20), 0x00B9)),
      pair("ICMP echo", kIpv4, ipv4(1, 100, 101, {8, 0, 0, 0, 0, 1, 0, 1})),
      pair("ICMP unreachable", kIpv4, ipv4(1, 101, 100, {3, 1, 0, 0, 0, 0, 0, 0})),
      pair("TCP over IPv6", kIpv6, over_ipv6(6, tcp(4000, 443, 2))),
      pair("UDP over IPv6", kIpv6, over_ipv6(17, udp(5353, 53, 30))),
      pair("ICMPv6", kIpv6, over_ipv6(58, {128, 0, 0, 0, 0, 1, 0, 1})),
      pair("ARP", 0x0806, arp),
      pair("RARP", 0x8035, arp),
      pair("something else", 0x88CC, Bytes(60, 3)),
      pair("nothing but a header", kIpv4, {}),
  };
  // Cut at every byte, where the loads of a program may fail one after the other.
  const Bytes whole = ipv4(6, 3, 254, tcp(4000, 80, 0x18, get));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    pairs.push_back(pair("GET cut to " + std::to_string(size), kIpv4, cut));
  }
  return pairs;
}

}  // namespace ringtail::filter
