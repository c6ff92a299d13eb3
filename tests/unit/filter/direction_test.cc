#include "filter/direction.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "filter/expression.h"
#include "test_packets.h"

namespace ringtail::filter {
namespace {

constexpr std::uint8_t kTypes = 8;  // host, broadcast, multicast, otherhost, outgoing, ...
constexpr std::uint8_t kOutgoing = 4;
constexpr std::uint16_t kEthernetHardware = 1;
constexpr std::uint16_t kLoopbackHardware = 772;

const Program kAll{{BPF_RET | BPF_K, 0, 0, 96}};

TestPacket of_type(std::uint8_t type) {
  TestPacket packet;
  packet.type = type;
  return packet;
}

TEST(Direction, InRejectsOutgoingPacketsAlone) {
  for (std::uint8_t type = 0; type < kTypes; ++type) {
    EXPECT_EQ(run(with_direction(kAll, Direction::kIn, Loopback::kNone), of_type(type)),
              type == kOutgoing ? 0U : 96U);
  }
}

TEST(Direction, OutTakesOutgoingPacketsAlone) {
  for (std::uint8_t type = 0; type < kTypes; ++type) {
    EXPECT_EQ(run(with_direction(kAll, Direction::kOut, Loopback::kNone), of_type(type)),
              type == kOutgoing ? 96U : 0U);
  }
}

TEST(Direction, BothLeavesTheProgramAsItIs) {
  EXPECT_TRUE(same_program(with_direction(kAll, Direction::kBoth, Loopback::kNone), kAll));
}

TEST(Direction, BothOnALoopbackTakesEachPacketOnce) {
  const Program program = with_direction(kAll, Direction::kBoth, Loopback::kAll);
  EXPECT_EQ(run(program, of_type(0)), 96U);
  EXPECT_EQ(run(program, of_type(kOutgoing)), 0U);
}

TEST(Direction, BothOnAllInterfacesTakesALoopbacksPacketsOnceAndEverythingElse) {
  const Program program = with_direction(kAll, Direction::kBoth, Loopback::kSome);
  for (const std::uint16_t hardware_type : {kEthernetHardware, kLoopbackHardware}) {
    for (std::uint8_t type = 0; type < kTypes; ++type) {
      TestPacket packet = of_type(type);
      packet.hardware_type = hardware_type;
      const bool second_time = type == kOutgoing && hardware_type == kLoopbackHardware;
      EXPECT_EQ(run(program, packet), second_time ? 0U : 96U);
    }
  }
}

TEST(Direction, OneOfThemOnALoopbackTakesEachPacketOnce) {
  for (const Loopback loopback : {Loopback::kAll, Loopback::kSome}) {
    TestPacket packet = of_type(kOutgoing);
    packet.hardware_type = kLoopbackHardware;
    EXPECT_EQ(run(with_direction(kAll, Direction::kOut, loopback), packet), 96U);
    EXPECT_EQ(run(with_direction(kAll, Direction::kIn, loopback), packet), 0U);
    packet.type = 0;
    EXPECT_EQ(run(with_direction(kAll, Direction::kOut, loopback), packet), 0U);
    EXPECT_EQ(run(with_direction(kAll, Direction::kIn, loopback), packet), 96U);
  }
}

TEST(Direction, DoesNotChangeWhatTheProgramDecides) {
  for (const std::string expression :
       {"tcp port 80", "tcp[(tcp[12]>>2):4] = 0x47455420", "ip6 or arp", "udp dst port 53"}) {
    const Program plain = compile(expression, {}).program;
    const Program in = with_direction(plain, Direction::kIn, Loopback::kNone);
    const Program out = with_direction(plain, Direction::kOut, Loopback::kNone);
    for (const PacketPair& pair : packet_pairs()) {
      const std::uint32_t kept = run(plain, pair.ethernet);
      const bool outgoing = pair.ethernet.type == kOutgoing;
      EXPECT_EQ(run(in, pair.ethernet), outgoing ? 0U : kept) << expression << ": " << pair.what;
      EXPECT_EQ(run(out, pair.ethernet), outgoing ? kept : 0U) << expression << ": " << pair.what;
    }
  }
}

TEST(Direction, FitsTheKernelsLimitOrIsRefused) {
  Program program(kMaxInstructions - 3, {BPF_LD | BPF_IMM, 0, 0, 0});
  program.back() = kAll[0];
  EXPECT_EQ(with_direction(program, Direction::kIn, Loopback::kNone).size(), kMaxInstructions);
  program.push_back(kAll[0]);
  EXPECT_THROW((void)with_direction(program, Direction::kIn, Loopback::kNone), std::length_error);
  EXPECT_EQ(with_direction(program, Direction::kBoth, Loopback::kNone).size(), program.size());
}

}  // namespace
}  // namespace ringtail::filter
