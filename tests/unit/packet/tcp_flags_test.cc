#include "packet/tcp_flags.h"

#include <gtest/gtest.h>

#include <vector>

namespace ringtail::packet {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kEncrypted = 50;
constexpr std::uint8_t kDestinationOptions = 60;

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes word(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

Bytes tcp(std::uint8_t flags, std::uint8_t words = 5) {
  return Bytes(12, 0x11) + Bytes{static_cast<std::uint8_t>(words << 4U), flags} +
         Bytes(4U * words - 14, 0x22);
}

Bytes ipv4(const Bytes& payload, std::uint8_t protocol = kTcp, std::uint8_t words = 5,
           std::size_t fragment = 0) {
  const std::size_t header_bytes = std::size_t{4} * words;
  return Bytes{static_cast<std::uint8_t>(0x40U | words), 0} + word(header_bytes + payload.size()) +
         Bytes{0, 7} + word(fragment) + Bytes{64, protocol, 0, 0} + Bytes(header_bytes - 12, 1) +
         payload;
}

Bytes ipv6(std::uint8_t next, const Bytes& payload) {
  return Bytes{0x60, 0, 0, 0} + word(payload.size()) + Bytes{next, 64} + Bytes(32, 0x20) + payload;
}

// An extension header of so many units of 8 bytes beyond the first.
Bytes extension(std::uint8_t next, std::uint8_t units = 0) {
  return Bytes{next, units} + Bytes(6 + units * 8U, 0);
}

Bytes fragment_header(std::uint8_t next, std::size_t offset_and_more) {
  return Bytes{next, 0} + word(offset_and_more) + Bytes(4, 9);
}

Bytes ethernet(const Bytes& tags, std::uint16_t ethertype, const Bytes& packet) {
  return Bytes(12, 2) + tags + word(ethertype) + packet;
}

std::optional<std::uint8_t> of_frame(const Bytes& frame) {
  return tcp_flags_of_ethernet(std::as_bytes(std::span(frame)));
}
std::optional<std::uint8_t> of_packet(std::uint16_t ethertype, const Bytes& packet) {
  return tcp_flags_of_network(ethertype, std::as_bytes(std::span(packet)));
}

// The header ends with the packet: each byte before that counts.
void expect_only_as_a_whole(const Bytes& packet, std::uint16_t ethertype, std::uint8_t flags) {
  EXPECT_EQ(of_packet(ethertype, packet), flags);
  for (std::size_t size = 0; size < packet.size(); ++size)
    EXPECT_EQ(of_packet(ethertype, {packet.begin(), packet.begin() + static_cast<int>(size)}),
              std::nullopt)
        << "cut to " << size;
}

TEST(TcpFlags, AreFoundBehindIpv4WithAndWithoutOptions) {
  for (std::uint8_t words = 5; words <= 15; ++words)
    expect_only_as_a_whole(ipv4(tcp(kSyn), kTcp, words), kIpv4, kSyn);
}

TEST(TcpFlags, AreFoundBehindIpv6AndItsExtensionHeaders) {
  expect_only_as_a_whole(ipv6(kTcp, tcp(kSyn | kAck)), kIpv6, kSyn | kAck);
  for (const std::uint8_t header : {kHopByHop, kRouting, kDestinationOptions}) {
    for (const std::uint8_t units : Bytes{0, 1, 7})
      expect_only_as_a_whole(ipv6(header, extension(kTcp, units) + tcp(kFin)), kIpv6, kFin);
  }
  expect_only_as_a_whole(
      ipv6(kHopByHop, extension(kDestinationOptions) + extension(kRouting, 2) +
                          extension(kFragment) + fragment_header(kDestinationOptions, 1) +
                          extension(kTcp) + tcp(kRst)),
      kIpv6, kRst);
}

TEST(TcpFlags, AreLookedForBehindAsManyExtensionHeadersAsIsSaid) {
  Bytes headers;
  for (unsigned count = 1; count <= kMaxExtensionHeaders + 1; ++count) {
    headers = (count == 1 ? Bytes{} : extension(kDestinationOptions)) + headers;
    const Bytes last = extension(kTcp);
    const auto found = of_packet(kIpv6, ipv6(kDestinationOptions, headers + last + tcp(kSyn)));
    EXPECT_EQ(found.has_value(), count <= kMaxExtensionHeaders) << count;
  }
}

TEST(TcpFlags, AreInTheFirstFragmentAlone) {
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn), kTcp, 5, 0x2000)), kSyn);  // more to come
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn), kTcp, 5, 0x4000)), kSyn);  // not to be divided
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn), kTcp, 5, 0x0001)), std::nullopt);
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn), kTcp, 5, 0x1000)), std::nullopt);
  EXPECT_EQ(of_packet(kIpv6, ipv6(kFragment, fragment_header(kTcp, 1) + tcp(kSyn))), kSyn);
  EXPECT_EQ(of_packet(kIpv6, ipv6(kFragment, fragment_header(kTcp, 8) + tcp(kSyn))), std::nullopt);
}

TEST(TcpFlags, AreFoundBehindVlanTags) {
  const Bytes packet = ipv4(tcp(kSyn));
  const Bytes customer{0x81, 0, 0, 5};
  const Bytes service{0x88, 0xA8, 0, 7};
  const Bytes old{0x91, 0, 0, 7};
  for (const Bytes& tags :
       {Bytes{}, customer, service, old, service + customer, old + customer, customer + customer}) {
    const Bytes frame = ethernet(tags, kIpv4, packet);
    EXPECT_EQ(of_frame(frame), kSyn);
    for (std::size_t size = 0; size < frame.size(); ++size)
      EXPECT_EQ(of_frame({frame.begin(), frame.begin() + static_cast<int>(size)}), std::nullopt);
  }
  EXPECT_EQ(of_frame(ethernet(service + customer + customer, kIpv4, packet)), std::nullopt);
  EXPECT_EQ(of_frame(ethernet(customer, kIpv6, ipv6(kTcp, tcp(kRst)))), kRst);
}

TEST(TcpFlags, AreThoseOfTcpAlone) {
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn), kUdp)), std::nullopt);
  EXPECT_EQ(of_packet(kIpv6, ipv6(kUdp, tcp(kSyn))), std::nullopt);
  EXPECT_EQ(of_packet(kIpv6, ipv6(kEncrypted, extension(kTcp) + tcp(kSyn))), std::nullopt);
  EXPECT_EQ(of_packet(kIpv6, ipv6(kRouting, extension(kUdp) + tcp(kSyn))), std::nullopt);
  EXPECT_EQ(of_packet(kArp, ipv4(tcp(kSyn))), std::nullopt);
  EXPECT_EQ(of_packet(kIpv4, ipv6(kTcp, tcp(kSyn))), std::nullopt);
  EXPECT_EQ(of_packet(kIpv6, ipv4(tcp(kSyn))), std::nullopt);
}

TEST(TcpFlags, AreNotThoseOfAHeaderThatMakesNoSense) {
  EXPECT_EQ(of_packet(kIpv4, ipv4(tcp(kSyn, 4) + Bytes(8, 0))), std::nullopt);
  Bytes packet = ipv4(tcp(kSyn));
  packet[0] = 0x44;  // a header of 16 bytes
  EXPECT_EQ(of_packet(kIpv4, packet), std::nullopt);
}

TEST(TcpFlags, AreNotThoseOfThePaddingBehindAPacket) {
  for (std::size_t size = 1; size < 40; ++size) {
    Bytes packet = ipv4(tcp(kSyn));
    packet[3] = static_cast<std::uint8_t>(size);
    EXPECT_EQ(of_packet(kIpv4, packet), std::nullopt) << size;
  }
  Bytes packet = ipv6(kTcp, tcp(kSyn));
  packet[5] = 19;
  EXPECT_EQ(of_packet(kIpv6, packet), std::nullopt);
}

TEST(TcpFlags, AreFoundInAMergedPacketThatStatesNoLength) {
  Bytes packet = ipv4(tcp(kFin));
  packet[2] = packet[3] = 0;
  expect_only_as_a_whole(packet, kIpv4, kFin);
  packet = ipv6(kHopByHop, extension(kTcp) + tcp(kFin));
  packet[4] = packet[5] = 0;
  expect_only_as_a_whole(packet, kIpv6, kFin);
}

}  // namespace
}  // namespace ringtail::packet
