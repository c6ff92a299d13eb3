#include "filter/tcp_flags_program.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <vector>

#include "filter/kernel_check.h"
#include "interpreter.h"
#include "packet/tcp_flags.h"
#include "test_packets.h"

namespace ringtail::filter {
namespace {

constexpr std::uint8_t kFlags = packet::kSyn | packet::kFin | packet::kRst;

Bytes tcp(std::uint8_t flags) { return Bytes(12, 1) + Bytes{0x80, flags} + Bytes(18, 0); }

Bytes ipv4(const Bytes& payload, std::uint8_t words = 5) {
  return Bytes{static_cast<std::uint8_t>(0x40U | words), 0, 0, 0, 0, 7, 0x40, 0, 64, 6} +
         Bytes(words * 4U - 10, 1) + payload;
}

Bytes ipv6(std::uint8_t next, const Bytes& payload) {
  return Bytes{0x60, 0, 0, 0, 0, 0, next, 64} + Bytes(32, 0x20) + payload;
}

TestPacket on_ethernet(const Bytes& tags, std::uint16_t ethertype, const Bytes& packet) {
  const Bytes type{static_cast<std::uint8_t>(ethertype >> 8U),
                   static_cast<std::uint8_t>(ethertype)};
  return {.bytes = Bytes(12, 2) + tags + type + packet, .protocol = ethertype};
}

const Program& for_ethernet() {
  static const Program program = tcp_flags_program(FirstHeader::kEthernet, kFlags);
  return program;
}
const Program& for_network() {
  static const Program program = tcp_flags_program(FirstHeader::kNetwork, kFlags);
  return program;
}

TEST(TcpFlagsProgram, IsTakenByTheKernel) {
  EXPECT_EQ(kernel_refusal(for_ethernet()), "");
  EXPECT_EQ(kernel_refusal(for_network()), "");
}

TEST(TcpFlagsProgram, StoresThePacketUpToTheEndOfItsTcpHeaderWithoutOptions) {
  EXPECT_EQ(run(for_ethernet(), on_ethernet({}, kIpv4, ipv4(tcp(packet::kSyn)))), 14U + 20 + 20);
  EXPECT_EQ(run(for_ethernet(), on_ethernet({}, kIpv4, ipv4(tcp(packet::kSyn), 15))),
            14U + 60 + 20);
  EXPECT_EQ(run(for_ethernet(),
                on_ethernet({0x88, 0xA8, 0, 7, 0x81, 0, 0, 5}, kIpv6, ipv6(6, tcp(packet::kRst)))),
            14U + 8 + 40 + 20);
  const Bytes options{44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Bytes first_fragment{6, 0, 0, 1, 0, 0, 0, 0};
  EXPECT_EQ(run(for_network(), {.bytes = ipv6(0, options + first_fragment + tcp(packet::kFin)),
                                .protocol = kIpv6}),
            40U + 16 + 8 + 20);
}

TEST(TcpFlagsProgram, TakesAPacketIfItHasOneOfTheFlags) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    const Bytes packet = ipv4(tcp(static_cast<std::uint8_t>(flags)));
    const bool wanted = (flags & kFlags) != 0;
    EXPECT_EQ(run(for_ethernet(), on_ethernet({}, kIpv4, packet)) > 0, wanted) << flags;
    EXPECT_EQ(run(for_network(), {.bytes = packet, .protocol = kIpv4}) > 0, wanted) << flags;
  }
}

TEST(TcpFlagsProgram, TakesAsManyExtensionHeadersAsIsSaid) {
  Bytes headers;
  for (unsigned count = 1; count <= kMaxExtensionHeaders + 1; ++count) {
    headers = (count == 1 ? Bytes{6, 0} : Bytes{60, 0}) + Bytes(6, 0) + headers;
    const TestPacket packet = on_ethernet({}, kIpv6, ipv6(60, headers + tcp(packet::kSyn)));
    EXPECT_EQ(run(for_ethernet(), packet) > 0, count <= kMaxExtensionHeaders) << count;
  }
}

// Two programs, written apart, for the same question.
TEST(TcpFlagsProgram, TakesWhatTheParserFindsAndLeavesWhatItDoesNot) {
  for (const PacketPair& pair : packet_pairs()) {
    const auto agree = [&](const Program& program, const TestPacket& packet,
                           const std::optional<std::uint8_t>& flags) {
      const bool is_wanted = flags && (*flags & kFlags) != 0;
      const std::uint32_t stored = run(program, packet);
      EXPECT_EQ(stored > 0, is_wanted) << pair.what;
      EXPECT_LE(stored, packet.bytes.size()) << pair.what;
    };
    agree(for_ethernet(), pair.ethernet,
          packet::tcp_flags_of_ethernet(std::as_bytes(std::span(pair.ethernet.bytes))));
    agree(for_network(), pair.cooked,
          packet::tcp_flags_of_network(pair.cooked.protocol,
                                       std::as_bytes(std::span(pair.cooked.bytes))));
  }
}

}  // namespace
}  // namespace ringtail::filter
