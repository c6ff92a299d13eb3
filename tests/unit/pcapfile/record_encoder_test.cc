#include "pcapfile/record_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/crafted_block.h"
#include "unit/pcapfile/encoding.h"

namespace ringtail::pcapfile {
namespace {

using support::CraftedBlock;
using support::CraftedPacket;

constexpr RecordShape kOnEthernet{LinkHeader::kEthernet, Precision::kNano, kMaxSnaplen};
constexpr RecordShape kCooked{LinkHeader::kCooked, Precision::kNano, kMaxSnaplen};

Bytes record_of(const CraftedPacket& packet, const RecordShape& shape) {
  CraftedBlock block;
  block.add(packet);
  const EncodedRun encoded = encode(block, shape);
  EXPECT_EQ(encoded.packets, 1U);
  return run_bytes(block.bytes(), 0, encoded.end);
}

// Of one packet: what stands behind the record's header.
Bytes frame_of(const CraftedPacket& packet, const RecordShape& shape) {
  const Bytes record = record_of(packet, shape);
  return {record.begin() + 16, record.end()};
}

TEST(RecordEncoder, PutsTheTagBackBehindTheAddresses) {
  const CraftedPacket packet{.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 99},
                             .vlan_tci = 0x2005,
                             .vlan_tpid = 0x88a8};
  EXPECT_EQ(frame_of(packet, kOnEthernet),
            (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xa8, 0x20, 0x05, 8, 0, 99}));
}

TEST(RecordEncoder, PutsNoTagIntoAPacketWithoutAddresses) {
  const CraftedPacket packet{.bytes = Bytes(40, 0x45), .vlan_tci = 0x2005};
  EXPECT_EQ(frame_of(packet, {.link_header = LinkHeader::kOther, .snaplen = kMaxSnaplen}),
            Bytes(40, 0x45));
}

TEST(RecordEncoder, LeavesATaggedFrameCutBeforeTheTagAsItIs) {
  const CraftedPacket packet{.bytes = Bytes(11, 1), .wire_length = 60, .vlan_tci = 5};
  EXPECT_EQ(record_of(packet, kOnEthernet), expected_record(packet, kOnEthernet));
}

TEST(RecordEncoder, KeepsASnaplenAndTheTag) {
  const CraftedPacket packet{.bytes = Bytes(96, 3), .wire_length = 1500, .vlan_tci = 5};
  EXPECT_EQ(frame_of(packet, {.snaplen = 96}).size(), 100U);
}

TEST(RecordEncoder, NeverCapturesMoreThanReadersTake) {
  for (const RecordShape& shape : {kOnEthernet, kCooked}) {
    CraftedPacket packet{.bytes = Bytes(262144, 3), .wire_length = 524288, .vlan_tci = 5};
    if (shape.link_header == LinkHeader::kCooked) packet.address = crafted_address();
    const Bytes record = record_of(packet, shape);
    EXPECT_EQ(record.size(), 16U + 262144);
    EXPECT_EQ(record, expected_record(packet, shape));
  }
}

TEST(RecordEncoder, CutsMicrosecondsOff) {
  const RecordShape micro{LinkHeader::kEthernet, Precision::kMicro, kMaxSnaplen};
  for (const std::uint32_t fraction : {0U, 999U, 1'000U, 1'999U, 999'999'999U}) {
    const CraftedPacket packet{.bytes = Bytes(60), .nanoseconds = fraction};
    EXPECT_EQ(record_of(packet, micro), expected_record(packet, micro)) << fraction;
  }
}

TEST(RecordEncoder, PutsACookedHeaderInFrontOfTheNetworkHeader) {
  const CraftedPacket packet{.bytes = {0x45, 99}, .address = crafted_address(0x0800)};
  EXPECT_EQ(frame_of(packet, kCooked),
            (Bytes{0x08, 0x00, 0,    0,              // protocol, reserved
                   0,    1,    2,    3,              // interface index
                   0,    1,    3,    6,              // ARPHRD_ETHER, PACKET_OTHERHOST, 6 bytes of
                   2,    0x52, 0x54, 0, 0, 1, 0, 0,  // address, nothing behind it
                   0x45, 99}));
}

TEST(RecordEncoder, PutsTheTagBackBehindTheCookedHeader) {
  const CraftedPacket packet{.bytes = {0x45, 99},
                             .vlan_tci = 0x2005,
                             .vlan_tpid = 0x88a8,
                             .address = crafted_address(0x0800)};
  const Bytes frame = frame_of(packet, kCooked);
  EXPECT_EQ(Bytes(frame.begin(), frame.begin() + 2), (Bytes{0x88, 0xa8}));
  EXPECT_EQ(Bytes(frame.begin() + 20, frame.end()), (Bytes{0x20, 0x05, 0x08, 0x00, 0x45, 99}));
}

TEST(RecordEncoder, PutsTheOuterTagBackInFrontOfAnInnerOneInThePacket) {
  const CraftedPacket packet{.bytes = {0, 5, 0x08, 0x00, 0x45, 99},
                             .vlan_tci = 6,
                             .vlan_tpid = 0x88a8,
                             .address = crafted_address(0x8100)};
  const Bytes frame = frame_of(packet, kCooked);
  EXPECT_EQ(Bytes(frame.begin(), frame.begin() + 2), (Bytes{0x88, 0xa8}));
  EXPECT_EQ(Bytes(frame.begin() + 20, frame.end()),
            (Bytes{0, 6, 0x81, 0x00, 0, 5, 0x08, 0x00, 0x45, 99}));
}

TEST(RecordEncoder, WritesTheHeaderOfACookedPacketWithoutBytes) {
  for (const auto tag : {std::optional<std::uint16_t>(), std::optional<std::uint16_t>(5)}) {
    const CraftedPacket packet{
        .bytes = {}, .wire_length = 60, .vlan_tci = tag, .address = crafted_address()};
    const Bytes record = record_of(packet, kCooked);
    EXPECT_EQ(record.size(), 16U + (tag ? 24 : 20));
    EXPECT_EQ(record, expected_record(packet, kCooked));
  }
}

// The snaplen counts the cooked header, the filter returns what is left of it, and at least 1. So
// it can end anywhere: in the header, in the tag (which it does not count), in the packet.
TEST(RecordEncoder, CutsACookedPacketAtEachSnaplen) {
  const Bytes payload = {0x45, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (std::uint32_t snaplen = 1; snaplen < 40; ++snaplen) {
    for (const auto tag : {std::optional<std::uint16_t>(), std::optional<std::uint16_t>(5)}) {
      const std::size_t kept = std::clamp<std::size_t>(snaplen <= 20 ? 1 : snaplen - 20, 1, 10);
      const CraftedPacket packet{
          .bytes = Bytes(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(kept)),
          .wire_length = 10,
          .vlan_tci = tag,
          .address = crafted_address()};
      const RecordShape shape{LinkHeader::kCooked, Precision::kNano, snaplen};
      const Bytes record = record_of(packet, shape);
      EXPECT_EQ(record, expected_record(packet, shape)) << snaplen;
      EXPECT_EQ(record.size(), 16 + std::min<std::size_t>(snaplen, 30) + (tag ? 4 : 0));
    }
  }
}

}  // namespace
}  // namespace ringtail::pcapfile
