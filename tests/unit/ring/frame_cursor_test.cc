#include "ring/frame_cursor.h"

#include <gtest/gtest.h>
#include <net/if_arp.h>

#include <random>
#include <vector>

#include "ring/block_layout.h"
#include "support/crafted_block.h"

namespace ringtail::ring {
namespace {

using support::CraftedBlock;

std::vector<std::uint8_t> pattern(std::size_t size, std::uint8_t first) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

CraftedBlock block_of(std::initializer_list<std::size_t> sizes) {
  CraftedBlock block;
  std::uint8_t first = 0;
  for (const std::size_t size : sizes) block.add({.bytes = pattern(size, first++)});
  return block;
}

sockaddr_ll address_of(std::uint8_t length) {
  sockaddr_ll address{};
  address.sll_protocol = 0xdd86;  // IPv6 in network byte order
  address.sll_ifindex = 0x01020304;
  address.sll_hatype = ARPHRD_INFINIBAND;
  address.sll_pkttype = PACKET_OUTGOING;
  address.sll_halen = length;
  for (std::uint8_t i = 0; i < 8; ++i) address.sll_addr[i] = static_cast<std::uint8_t>(0xa0 + i);
  return address;
}

FrameCursor cursor_over(CraftedBlock& block) {
  return {block.bytes(), block.descriptor().offset_to_first_pkt, block.descriptor().num_pkts};
}

// Walks to the end and checks what must hold of any bytes: frames inside the block and in order.
std::uint32_t walk(FrameCursor cursor, std::span<std::byte> bytes) {
  std::uint32_t frames = 0;
  const std::byte* previous_end = bytes.data() + kFirstFrameOffset;
  while (const auto frame = cursor.next()) {
    EXPECT_GE(frame->stored_address, previous_end + kPacketHeaderBytes);
    EXPECT_GE(frame->data.data(), frame->stored_address + sizeof(sockaddr_ll));
    previous_end = frame->data.data() + frame->data.size();
    EXPECT_LE(previous_end, bytes.data() + bytes.size());
    EXPECT_LE(frame->data.size(), frame->length);
    ++frames;
  }
  return frames + cursor.malformed();
}

TEST(FrameCursor, GivesEachPacketAsTheKernelStoredIt) {
  CraftedBlock block;
  block.add(
      {.bytes = pattern(60, 1), .wire_length = 1514, .seconds = 7, .nanoseconds = 999'999'999});
  block.add({.bytes = pattern(14, 9)});
  FrameCursor cursor = cursor_over(block);
  const auto first = cursor.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->data.size(), 60U);
  EXPECT_EQ(first->data[0], std::byte{1});
  EXPECT_EQ(first->length, 1514U);
  EXPECT_EQ(first->seconds, 7U);
  EXPECT_EQ(first->nanoseconds, 999'999'999U);
  EXPECT_FALSE(first->tagged);
  const auto second = cursor.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->data.size(), 14U);
  EXPECT_FALSE(cursor.next());
  EXPECT_EQ(cursor.malformed(), 0U);
}

TEST(FrameCursor, OfAnEmptyBlockGivesNothing) {
  CraftedBlock block;
  FrameCursor cursor = cursor_over(block);
  EXPECT_FALSE(cursor.next());
  EXPECT_EQ(cursor.malformed(), 0U);
}

TEST(FrameCursor, TakesThePacketWithoutBytes) {
  CraftedBlock block = block_of({0, 20});
  FrameCursor cursor = cursor_over(block);
  EXPECT_EQ(cursor.next()->data.size(), 0U);
  EXPECT_EQ(cursor.next()->data.size(), 20U);
}

TEST(FrameCursor, KeepsTheWholeTagAndItsProtocol) {
  CraftedBlock block;
  block.add({.bytes = pattern(60, 0), .vlan_tci = 0xe123, .vlan_tpid = 0x88a8});
  block.add({.bytes = pattern(60, 0), .vlan_tci = 0});  // a priority tag: valid, but zero
  FrameCursor cursor = cursor_over(block);
  const auto first = cursor.next();
  EXPECT_TRUE(first->tagged);
  EXPECT_EQ(first->vlan_tci, 0xe123);
  EXPECT_EQ(first->vlan_tpid, 0x88a8);
  const auto second = cursor.next();
  EXPECT_TRUE(second->tagged);
  EXPECT_EQ(second->vlan_tci, 0);
  EXPECT_EQ(second->vlan_tpid, 0x8100) << "where the kernel does not say";
}

TEST(FrameCursor, GivesTheLinkAddressOfACookedPacket) {
  CraftedBlock block;
  block.add({.bytes = pattern(40, 0), .address = address_of(6)});
  FrameCursor cursor = cursor_over(block);
  const auto frame = cursor.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->data[0], std::byte{0}) << "the network header comes first";
  const LinkAddress link = frame->link_address();
  EXPECT_EQ(link.protocol, 0x86dd);
  EXPECT_EQ(link.interface_index, 0x01020304U);
  EXPECT_EQ(link.hardware_type, ARPHRD_INFINIBAND);
  EXPECT_EQ(link.packet_type, PACKET_OUTGOING);
  EXPECT_EQ(link.length, 6);
}

TEST(FrameCursor, ShowsNothingOfWhatTheBlockHeldBehindAShortAddress) {
  CraftedBlock block;
  for (int length = 0; length < 256; ++length) {
    block.reopen();
    block.add({.bytes = {1}, .address = address_of(static_cast<std::uint8_t>(length))});
    const LinkAddress link = cursor_over(block).next()->link_address();
    EXPECT_EQ(link.length, length) << "also when there is no room for all of it";
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(link.address[static_cast<std::size_t>(i)], std::byte(i < length ? 0xa0 + i : 0))
          << i << " of " << length;
    }
  }
}

TEST(FrameCursor, MayBeOverwrittenUpToTheFrameItGave) {
  CraftedBlock block = block_of({100, 200, 300});
  FrameCursor cursor = cursor_over(block);
  std::vector<std::size_t> sizes;
  while (const auto frame = cursor.next()) {
    sizes.push_back(frame->data.size());
    std::byte* end = frame->data.data() + frame->data.size();
    std::fill(block.data() + kFirstFrameOffset, end, std::byte{0xff});
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 200, 300}));
}

TEST(FrameCursor, CountsWhatComesBehindAHostileHeader) {
  struct Case {
    const char* what;
    void (*spoil)(tpacket3_hdr&);
  };
  const Case cases[] = {
      {"mac inside the header", [](tpacket3_hdr& h) { h.tp_mac = 47; }},
      {"mac inside the link address", [](tpacket3_hdr& h) { h.tp_mac = 67; }},
      {"mac zero", [](tpacket3_hdr& h) { h.tp_mac = 0; }},
      {"data past the block", [](tpacket3_hdr& h) { h.tp_snaplen = h.tp_len = 1U << 20; }},
      {"data past 32 bits", [](tpacket3_hdr& h) { h.tp_snaplen = h.tp_len = 0xffffffffU; }},
      {"more captured than wire bytes", [](tpacket3_hdr& h) { h.tp_len = h.tp_snaplen - 1; }},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    CraftedBlock block = block_of({60, 60, 60});
    one.spoil(block.header(1));
    FrameCursor cursor = cursor_over(block);
    EXPECT_TRUE(cursor.next());
    EXPECT_FALSE(cursor.next());
    EXPECT_FALSE(cursor.next()) << "a walk that has ended stays ended";
    EXPECT_EQ(cursor.malformed(), 2U);
  }
}

TEST(FrameCursor, EndsAtANextOffsetThatLeadsAstray) {
  for (const std::uint32_t offset :
       {0U, 1U, 8U, 47U, 48U, 100U, 143U, 145U, 1U << 20, 0xfffffff8U, 0xffffffffU}) {
    SCOPED_TRACE(offset);
    CraftedBlock block = block_of({60, 60, 60});
    block.header(0).tp_next_offset = offset;
    FrameCursor cursor = cursor_over(block);
    EXPECT_TRUE(cursor.next());
    EXPECT_FALSE(cursor.next());
    EXPECT_EQ(cursor.malformed(), 2U);
  }
}

TEST(FrameCursor, RefusesAFirstPacketInFrontOfItsPlace) {
  // There the carry and the first records would overtake it.
  for (const std::uint32_t offset : {0U, 48U, 4096U, 8184U}) {
    CraftedBlock block = block_of({60});
    FrameCursor cursor(block.bytes(), offset, 1);
    EXPECT_FALSE(cursor.next());
    EXPECT_EQ(cursor.malformed(), 1U);
  }
}

TEST(FrameCursor, StaysInsideABlockCutAtEveryByte) {
  CraftedBlock block = block_of({60, 14, 0, 333});
  const std::size_t end = block.descriptor().blk_len;
  for (std::size_t size = 0; size <= end; ++size) {
    FrameCursor cursor(block.bytes().first(size), CraftedBlock::kFirstHeader, 4);
    EXPECT_EQ(walk(cursor, block.bytes().first(std::max<std::size_t>(size, kFirstFrameOffset))), 4U)
        << size;
  }
}

TEST(FrameCursor, StaysInsideTheBlockWhateverTheHeadersSay) {
  std::mt19937 random(1);
  CraftedBlock block;
  for (int round = 0; round < 20'000; ++round) {
    block.reopen();
    for (const std::size_t size : {60U, 14U, 1500U, 0U, 100U})
      block.add({.bytes = pattern(size, 0)});
    for (int changes = 0; changes < 3; ++changes) {
      const std::uint32_t header = block.header_offset(random() % 5);
      const std::size_t field = random() % sizeof(tpacket3_hdr);
      block.data()[header + field] = static_cast<std::byte>(random());
    }
    EXPECT_EQ(walk(cursor_over(block), block.bytes()), 5U);
  }
}

}  // namespace
}  // namespace ringtail::ring
