#include "pcapfile/in_place_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "ring/block_layout.h"
#include "support/crafted_block.h"
#include "unit/pcapfile/encoding.h"

namespace ringtail::pcapfile {
namespace {

using support::CraftedBlock;
using support::CraftedPacket;

constexpr RecordShape kEthernet = kShapes[0];

class InPlaceEncoderOf : public testing::TestWithParam<RecordShape> {};
INSTANTIATE_TEST_SUITE_P(EachShape, InPlaceEncoderOf, testing::ValuesIn(kShapes),
                         [](const auto& shape) { return name_of(shape.param); });

// A packet of each kind that is special, among others.
std::vector<CraftedPacket> odd_packets(LinkHeader link_header) {
  std::vector<CraftedPacket> packets = {
      {.bytes = Bytes(60, 1)},
      {.bytes = {}, .wire_length = 60},
      {.bytes = Bytes(333, 2), .vlan_tci = 5},
      {.bytes = {3}, .wire_length = 90, .vlan_tci = 0xffff, .vlan_tpid = 0x88a8},
  };
  if (link_header == LinkHeader::kCooked) {
    for (CraftedPacket& packet : packets) packet.address = crafted_address();
  }
  return packets;
}

TEST(InPlaceEncoder, WritesARecordPerPacketBehindTheCarry) {
  CraftedBlock block;
  const CraftedPacket packet{
      .bytes = Bytes(60, 0xab), .wire_length = 100, .seconds = 5, .nanoseconds = 6};
  block.add(packet);
  block.data()[ring::kRunOffset + 99] = std::byte{0x77};
  const EncodedRun encoded = encode(block, kEthernet, 100);
  EXPECT_EQ(encoded.packets, 1U);
  EXPECT_EQ(encoded.end, 100U + 16 + 60);
  EXPECT_EQ(encoded.wire_bytes, 100U);
  EXPECT_EQ(encoded.first, (RecordTime{5, 6}));
  EXPECT_EQ(run_bytes(block.bytes(), 100, encoded.end), expected_record(packet, kEthernet));
  EXPECT_EQ(block.data()[ring::kRunOffset + 99], std::byte{0x77}) << "the carry is not touched";
}

TEST(InPlaceEncoder, OfAnEmptyBlockLeavesTheCarryAlone) {
  CraftedBlock block;
  const EncodedRun encoded = encode(block, kEthernet, 4095);
  EXPECT_EQ(encoded.packets, 0U);
  EXPECT_EQ(encoded.end, 4095U);
  EXPECT_EQ(encoded.whole_end, 4095U);
}

TEST(InPlaceEncoder, MarksARecordThatFillsItsPageExactly) {
  for (const std::size_t size : {4096U - 16 - 1, 4096U - 16, 4096U - 16 + 1}) {
    CraftedBlock block;
    block.add({.bytes = Bytes(size), .seconds = 1});
    block.add({.bytes = Bytes(10), .seconds = 2});
    const EncodedRun encoded = encode(block, kEthernet);
    EXPECT_EQ(encoded.whole_end, size + 16 <= 4096 ? size + 16 : 0) << size;
    EXPECT_EQ(encoded.whole_packets, size + 16 <= 4096 ? 1U : 0U) << size;
    EXPECT_EQ(encoded.whole_last.seconds, encoded.whole_packets) << size;
    EXPECT_EQ(encoded.last.seconds, 2U);
  }
}

// Any mix of sizes and any carry: the records are right, in order, without a gap, and the mark of
// the last whole one below the last whole page is what a walk over all of them finds.
void check_random_block(std::mt19937& random, CraftedBlock& block, const RecordShape& shape,
                        std::size_t max_packet_bytes) {
  block.reopen();
  std::vector<CraftedPacket> packets;
  for (;;) {
    CraftedPacket packet = random_packet(random, shape.link_header, max_packet_bytes);
    if (!block.fits(packet) || packets.size() == 3000) break;
    block.add(packet);
    packets.push_back(std::move(packet));
  }
  const std::size_t carry_bytes =
      shape.format == Format::kPcapng ? random() % (4096 / 4) * 4 : random() % 4096;
  Bytes expected = random_bytes(random, carry_bytes);
  std::memcpy(block.data() + ring::kRunOffset, expected.data(), carry_bytes);

  std::vector<std::size_t> ends{carry_bytes};
  for (const CraftedPacket& packet : packets) {
    const Bytes record = expected_record(packet, shape);
    expected.insert(expected.end(), record.begin(), record.end());
    ends.push_back(expected.size());
  }
  const EncodedRun encoded = encode(block, shape, carry_bytes);
  ASSERT_EQ(encoded.packets, packets.size());
  ASSERT_EQ(encoded.end, expected.size());
  ASSERT_EQ(run_bytes(block.bytes(), 0, encoded.end), expected);

  const std::size_t whole_pages = encoded.end / kPageBytes * kPageBytes;
  if (whole_pages == 0) return;  // nothing is written, so the mark does not matter
  const auto last = std::upper_bound(ends.begin(), ends.end(), whole_pages) - 1;
  ASSERT_EQ(encoded.whole_end, *last);
  ASSERT_EQ(encoded.whole_packets, static_cast<std::uint64_t>(last - ends.begin()));
}

TEST_P(InPlaceEncoderOf, NeverOvertakesItsInputWhateverTheSizes) {
  std::mt19937 random(7);
  CraftedBlock block;
  for (const std::size_t max_bytes : {0U, 1U, 14U, 64U, 65U, 1514U, 9014U, 65549U}) {
    for (int round = 0; round < 8; ++round) {
      check_random_block(random, block, GetParam(), max_bytes);
      if (HasFatalFailure()) return;
    }
  }
}

// The least that the kernel puts in front of a frame (a link header of 28 bytes would lead to it),
// the most that a record puts around it, and a carry that leaves no byte before the first.
TEST_P(InPlaceEncoderOf, NeverOvertakesTheTightestBlockOfEachSmallSize) {
  const RecordShape shape = GetParam();
  constexpr std::size_t kCarryBytes = 4092;
  constexpr std::uint16_t kPackets = 50;
  std::mt19937 random(8);
  for (std::size_t size = 0; size <= 200; ++size) {
    CraftedBlock block;
    std::vector<CraftedPacket> packets;
    Bytes expected;
    for (std::uint16_t i = 0; i < kPackets; ++i) {
      CraftedPacket packet{.bytes = random_bytes(random, size)};
      if (i % 2 == 0) packet.vlan_tci = i;
      packet.data_offset = static_cast<std::uint16_t>(ring::kBytesBeforeData);
      if (shape.link_header == LinkHeader::kCooked) packet.address = crafted_address();
      block.add(packet);
      const Bytes record = expected_record(packet, shape);
      expected.insert(expected.end(), record.begin(), record.end());
    }
    // In memory of just what the kernel has filled, so that a sanitizer sees a byte too many.
    std::vector<std::byte> exact(block.data(), block.data() + block.descriptor().blk_len);
    const Encoding encoded = encode(exact, kPackets, shape, kCarryBytes);
    ASSERT_EQ(encoded.run.packets, kPackets);
    ASSERT_EQ(run_bytes(exact, kCarryBytes, encoded.run.end), expected) << size;
  }
}

TEST_P(InPlaceEncoderOf, WritesTheWholePacketsOfABlockCutAtEveryByte) {
  const RecordShape shape = GetParam();
  const std::vector<CraftedPacket> packets = odd_packets(shape.link_header);
  CraftedBlock whole;
  for (const CraftedPacket& packet : packets) whole.add(packet);
  const auto count = static_cast<std::uint32_t>(packets.size());
  for (std::size_t size = CraftedBlock::kFirstHeader; size <= whole.descriptor().blk_len; ++size) {
    // In memory of just that size, so that a sanitizer sees a byte too many.
    std::vector<std::byte> cut(whole.data(), whole.data() + size);
    const Encoding encoded = encode(cut, count, shape);
    ASSERT_EQ(encoded.run.packets + encoded.malformed, count) << size;
    Bytes expected;
    for (std::size_t i = 0; i < encoded.run.packets; ++i) {
      const Bytes record = expected_record(packets[i], shape);
      expected.insert(expected.end(), record.begin(), record.end());
    }
    ASSERT_EQ(run_bytes(cut, 0, encoded.run.end), expected) << size;
  }
}

// What a walk over the records finds must be what the encoder says of them.
std::uint64_t count_records(std::span<const std::byte> block, const EncodedRun& encoded,
                            const RecordShape& shape) {
  std::uint64_t records = 0;
  std::size_t at = ring::kRunOffset;
  while (at < ring::kRunOffset + encoded.end) {
    at += record_bytes(block.data() + at, shape);
    ++records;
  }
  EXPECT_EQ(at, ring::kRunOffset + encoded.end);
  return records;
}

TEST_P(InPlaceEncoderOf, StaysInsideTheBlockWhateverItsHeadersSay) {
  const RecordShape shape = GetParam();
  std::mt19937 random(3);
  CraftedBlock block;
  std::uint64_t packets = 0;
  for (int round = 0; round < 3000; ++round) {
    block.reopen();
    for (int i = 0; i < 5; ++i) block.add(random_packet(random, shape.link_header, 300));
    for (std::size_t changes = random() % 6; changes > 0; --changes) {
      const std::size_t field = random() % (CraftedBlock::kAddressOffset + sizeof(sockaddr_ll));
      block.data()[block.header_offset(random() % 5) + field] = static_cast<std::byte>(random());
    }
    std::vector<std::byte> exact(block.data(), block.data() + block.descriptor().blk_len);
    const Encoding encoded = encode(exact, 5, shape);
    ASSERT_EQ(encoded.run.packets + encoded.malformed, 5U);
    ASSERT_EQ(count_records(exact, encoded.run, shape), encoded.run.packets);
    packets += encoded.run.packets;
  }
  EXPECT_GT(packets, 0U);
}

TEST_P(InPlaceEncoderOf, StaysInsideABlockOfGarbage) {
  std::mt19937 random(4);
  std::uint64_t packets = 0;
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::byte> block(CraftedBlock::kFirstHeader + random() % 2000);
    // Small numbers in the fields, or the first header would always end the walk.
    const unsigned bound = 1U << (1 + random() % 8);
    for (auto& byte : block) {
      byte = random() % 4 == 0 ? static_cast<std::byte>(random() % bound) : std::byte{0};
    }
    const Encoding encoded = encode(block, 50, GetParam());
    ASSERT_EQ(encoded.run.packets + encoded.malformed, 50U);
    ASSERT_EQ(count_records(block, encoded.run, GetParam()), encoded.run.packets);
    packets += encoded.run.packets;
  }
  EXPECT_GT(packets, 0U);
}

}  // namespace
}  // namespace ringtail::pcapfile
