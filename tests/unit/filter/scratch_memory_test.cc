#include "filter/scratch_memory.h"

#include <gtest/gtest.h>

#include "filter/expression.h"
#include "filter/kernel_check.h"
#include "test_packets.h"

namespace ringtail::filter {
namespace {

constexpr sock_filter kStoreFirst{BPF_ST, 0, 0, 0};
constexpr sock_filter kStoreLast{BPF_STX, 0, 0, BPF_MEMWORDS - 1};
constexpr sock_filter kLoadFirst{BPF_LD | BPF_MEM, 0, 0, 0};
constexpr sock_filter kLoadLast{BPF_LDX | BPF_MEM, 0, 0, BPF_MEMWORDS - 1};
constexpr sock_filter kReturn{BPF_RET | BPF_A, 0, 0, 0};
constexpr sock_filter kSkipOneIfZero{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0};
constexpr sock_filter kSkipOne{BPF_JMP | BPF_JA, 0, 0, 1};

bool is_left(const Program& program) { return same_program(with_zeroed_memory(program), program); }

TEST(ScratchMemory, ProgramThatWritesBeforeItReadsIsLeft) {
  EXPECT_TRUE(is_left({kReturn}));
  EXPECT_TRUE(is_left({kStoreFirst, kLoadFirst, kReturn}));
  EXPECT_TRUE(is_left({kStoreFirst, kStoreLast, kSkipOneIfZero, kLoadFirst, kLoadLast, kReturn}));
}

TEST(ScratchMemory, WhatIsReadFirstIsZero) {
  const Program program{kLoadFirst, kLoadLast, kReturn};
  EXPECT_NE(kernel_refusal(program), "");
  const Program zeroed = with_zeroed_memory(program);
  EXPECT_EQ(kernel_refusal(zeroed), "");
  EXPECT_EQ(zeroed.size(), program.size() + 3);
}

TEST(ScratchMemory, EachWayToAReadCounts) {
  for (const sock_filter& jump : {kSkipOneIfZero, kSkipOne}) {
    const Program program{jump, kStoreFirst, kLoadFirst, kReturn};
    EXPECT_NE(kernel_refusal(program), "");
    EXPECT_EQ(kernel_refusal(with_zeroed_memory(program)), "");
  }
}

TEST(ScratchMemory, ReadThatNothingLeadsToDoesNotCount) {
  EXPECT_TRUE(is_left({kSkipOne, kLoadFirst, kReturn}));
  EXPECT_TRUE(is_left({kReturn, kLoadFirst, kReturn}));
}

// libpcap's own programs: a tag in front of what moves all headers behind it.
TEST(ScratchMemory, SessionBehindATagIsFound) {
  TestPacket packet;
  packet.bytes.assign(12, 2);
  const std::vector<std::uint8_t> session = {0x88, 0x64, 0x11, 0, 0, 7, 0, 2, 0, 0x21};
  const std::vector<std::uint8_t> tag = {0x81, 0, 0, 5};
  const Program program = compile("vlan 5 and pppoes 7", {}).program;

  TestPacket in_bytes = packet;
  in_bytes.bytes.insert(in_bytes.bytes.end(), tag.begin(), tag.end());
  in_bytes.bytes.insert(in_bytes.bytes.end(), session.begin(), session.end());
  EXPECT_NE(run(program, in_bytes), 0U);

  packet.bytes.insert(packet.bytes.end(), session.begin(), session.end());
  EXPECT_EQ(run(program, packet), 0U) << "there is no tag";
  packet.vlan_present = true;
  packet.vlan_tci = 5;
  EXPECT_NE(run(program, packet), 0U);
  packet.bytes[17] = 8;
  EXPECT_EQ(run(program, packet), 0U) << "another session";
}

}  // namespace
}  // namespace ringtail::filter
