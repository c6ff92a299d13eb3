#include "pcapfile/in_place_encoder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "ring/block_layout.h"
#include "ring/frame_cursor.h"
#include "support/crafted_block.h"

namespace ringtail::pcapfile {
namespace {

using support::CraftedBlock;
using support::CraftedPacket;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kSnaplen = 262144;

EncodedRun encode(CraftedBlock& block, std::size_t carry_bytes = 0,
                  std::uint32_t snaplen = kSnaplen) {
  ring::FrameCursor frames(block.bytes(), block.descriptor().offset_to_first_pkt,
                           block.descriptor().num_pkts);
  return encode_in_place<ring::kPacketHeaderBytes>(frames, block.bytes().subspan(ring::kRunOffset),
                                                   carry_bytes, {.snaplen = snaplen});
}

Bytes random_bytes(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

void append(Bytes& to, std::uint32_t value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof value);
}

// What the record must be, put together another way.
Bytes expected_record(const CraftedPacket& packet, std::uint32_t snaplen = kSnaplen) {
  Bytes data = packet.bytes;
  std::uint32_t length = packet.wire_length.value_or(static_cast<std::uint32_t>(data.size()));
  if (packet.vlan_tci && data.size() >= 12) {
    const std::uint16_t tpid = packet.vlan_tpid.value_or(0x8100);
    const std::uint8_t tag[] = {static_cast<std::uint8_t>(tpid >> 8),
                                static_cast<std::uint8_t>(tpid),
                                static_cast<std::uint8_t>(*packet.vlan_tci >> 8),
                                static_cast<std::uint8_t>(*packet.vlan_tci)};
    data.insert(data.begin() + 12, tag, tag + 4);
    length += 4;
  }
  data.resize(std::min<std::size_t>({data.size(), std::size_t{snaplen} + 4, 262144}));
  Bytes record;
  append(record, packet.seconds);
  append(record, packet.nanoseconds);
  append(record, static_cast<std::uint32_t>(data.size()));
  append(record, length);
  record.insert(record.end(), data.begin(), data.end());
  return record;
}

Bytes run_bytes(CraftedBlock& block, std::size_t from, std::size_t to) {
  const auto* run = reinterpret_cast<const std::uint8_t*>(block.data()) + ring::kRunOffset;
  return {run + from, run + to};
}

TEST(InPlaceEncoder, WritesARecordPerPacketBehindTheCarry) {
  CraftedBlock block;
  const CraftedPacket packet{
      .bytes = Bytes(60, 0xab), .wire_length = 100, .seconds = 5, .nanoseconds = 6};
  block.add(packet);
  block.data()[ring::kRunOffset + 99] = std::byte{0x77};
  const EncodedRun encoded = encode(block, 100);
  EXPECT_EQ(encoded.packets, 1U);
  EXPECT_EQ(encoded.end, 100U + 16 + 60);
  EXPECT_EQ(encoded.wire_bytes, 100U);
  EXPECT_EQ(encoded.first_seconds, 5U);
  EXPECT_EQ(encoded.first_nanoseconds, 6U);
  EXPECT_EQ(run_bytes(block, 100, encoded.end), expected_record(packet));
  EXPECT_EQ(block.data()[ring::kRunOffset + 99], std::byte{0x77}) << "the carry is not touched";
}

TEST(InPlaceEncoder, OfAnEmptyBlockLeavesTheCarryAlone) {
  CraftedBlock block;
  const EncodedRun encoded = encode(block, 4095);
  EXPECT_EQ(encoded.packets, 0U);
  EXPECT_EQ(encoded.end, 4095U);
  EXPECT_EQ(encoded.whole_end, 4095U);
}

TEST(InPlaceEncoder, PutsTheTagBackBehindTheAddresses) {
  CraftedBlock block;
  const CraftedPacket packet{.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 99},
                             .vlan_tci = 0x2005,
                             .vlan_tpid = 0x88a8};
  block.add(packet);
  const EncodedRun encoded = encode(block);
  EXPECT_EQ(run_bytes(block, 16, encoded.end),
            (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xa8, 0x20, 0x05, 8, 0, 99}));
}

TEST(InPlaceEncoder, LeavesATaggedFrameCutBeforeTheTagAsItIs) {
  CraftedBlock block;
  const CraftedPacket packet{.bytes = Bytes(11, 1), .wire_length = 60, .vlan_tci = 5};
  block.add(packet);
  const EncodedRun encoded = encode(block);
  EXPECT_EQ(run_bytes(block, 0, encoded.end), expected_record(packet));
}

TEST(InPlaceEncoder, NeverCapturesMoreThanReadersTake) {
  CraftedBlock block;
  const CraftedPacket packet{.bytes = Bytes(262144, 3), .wire_length = 524288, .vlan_tci = 5};
  block.add(packet);
  const EncodedRun encoded = encode(block);
  EXPECT_EQ(encoded.end, 16U + 262144);
  EXPECT_EQ(run_bytes(block, 0, encoded.end), expected_record(packet));
}

TEST(InPlaceEncoder, KeepsASnaplenAndTheTag) {
  CraftedBlock block;
  const CraftedPacket packet{.bytes = Bytes(96, 3), .wire_length = 1500, .vlan_tci = 5};
  block.add(packet);
  EXPECT_EQ(encode(block, 0, 96).end, 16U + 100);
}

// Any mix of sizes and any carry: the records are right, in order, without a gap, and the mark of
// the last whole one below the last whole page is what a walk over all of them finds.
void check_random_block(std::mt19937& random, CraftedBlock& block, std::size_t max_packet_bytes) {
  block.reopen();
  std::vector<CraftedPacket> packets;
  for (;;) {
    CraftedPacket packet{.bytes = random_bytes(random, random() % (max_packet_bytes + 1))};
    packet.nanoseconds = static_cast<std::uint32_t>(random() % 1'000'000'000);
    if (random() % 4 == 0) packet.vlan_tci = static_cast<std::uint16_t>(random());
    if (packet.vlan_tci && random() % 2 == 0) packet.vlan_tpid = 0x88a8;
    if (random() % 8 == 0)
      packet.wire_length = static_cast<std::uint32_t>(packet.bytes.size() + random() % 9000);
    if (!block.fits(packet.bytes.size()) || packets.size() == 3000) break;
    block.add(packet);
    packets.push_back(std::move(packet));
  }
  const std::size_t carry_bytes = random() % 4096;
  Bytes expected = random_bytes(random, carry_bytes);
  std::memcpy(block.data() + ring::kRunOffset, expected.data(), carry_bytes);

  std::vector<std::size_t> ends{carry_bytes};
  for (const CraftedPacket& packet : packets) {
    const Bytes record = expected_record(packet);
    expected.insert(expected.end(), record.begin(), record.end());
    ends.push_back(expected.size());
  }
  const EncodedRun encoded = encode(block, carry_bytes);
  ASSERT_EQ(encoded.packets, packets.size());
  ASSERT_EQ(encoded.end, expected.size());
  ASSERT_EQ(run_bytes(block, 0, encoded.end), expected);

  const std::size_t whole_pages = encoded.end / kPageBytes * kPageBytes;
  if (whole_pages == 0) return;  // nothing is written, so the mark does not matter
  const auto last = std::upper_bound(ends.begin(), ends.end(), whole_pages) - 1;
  ASSERT_EQ(encoded.whole_end, *last);
  ASSERT_EQ(encoded.whole_packets, static_cast<std::uint64_t>(last - ends.begin()));
}

TEST(InPlaceEncoder, NeverOvertakesItsInputWhateverTheSizes) {
  std::mt19937 random(7);
  CraftedBlock block;
  for (const std::size_t max_bytes : {0U, 1U, 14U, 64U, 65U, 1514U, 9014U, 65549U}) {
    for (int round = 0; round < 20; ++round) {
      check_random_block(random, block, max_bytes);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(InPlaceEncoder, MarksARecordThatFillsItsPageExactly) {
  for (const std::size_t size : {4096U - 16 - 1, 4096U - 16, 4096U - 16 + 1}) {
    CraftedBlock block;
    block.add({.bytes = Bytes(size)});
    block.add({.bytes = Bytes(10)});
    const EncodedRun encoded = encode(block);
    EXPECT_EQ(encoded.whole_end, size + 16 <= 4096 ? size + 16 : 0) << size;
    EXPECT_EQ(encoded.whole_packets, size + 16 <= 4096 ? 1U : 0U) << size;
  }
}

}  // namespace
}  // namespace ringtail::pcapfile
