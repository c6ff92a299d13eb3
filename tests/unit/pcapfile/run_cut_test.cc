#include "pcapfile/run_cut.h"

#include <gtest/gtest.h>

#include <limits>

#include "ring/block_layout.h"
#include "support/crafted_block.h"
#include "unit/pcapfile/encoding.h"

namespace ringtail::pcapfile {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kCarryBytes = 1000;

// The same packets, all or the first of them, in a block of their own.
support::CraftedBlock block_of(std::uint64_t packets, LinkHeader link_header) {
  std::mt19937 random(7);
  support::CraftedBlock block;
  for (std::uint64_t i = 0; i < packets; ++i) block.add(random_packet(random, link_header, 1500));
  return block;
}

void expect_equal(const EncodedRun& left, const EncodedRun& right) {
  EXPECT_EQ(left.end, right.end);
  EXPECT_EQ(left.packets, right.packets);
  EXPECT_EQ(left.whole_end, right.whole_end);
  EXPECT_EQ(left.whole_packets, right.whole_packets);
  EXPECT_EQ(left.first, right.first);
  EXPECT_EQ(left.last, right.last);
  EXPECT_EQ(left.whole_last, right.whole_last);
}

class CutRun : public testing::TestWithParam<RecordShape> {
 protected:
  static constexpr std::uint64_t kPackets = 60;

  [[nodiscard]] EncodedRun cut(std::uint64_t packets, std::uint64_t bytes) {
    return cut_run(encoded_, block_.bytes().subspan(ring::kRunOffset), kCarryBytes, shape_, packets,
                   bytes);
  }

  const RecordShape shape_ = GetParam();
  support::CraftedBlock block_ = block_of(kPackets, shape_.link_header);
  EncodedRun encoded_ = encode(block_, shape_, kCarryBytes);
};
INSTANTIATE_TEST_SUITE_P(EachShape, CutRun, testing::ValuesIn(kShapes),
                         [](const auto& shape) { return name_of(shape.param); });

TEST_P(CutRun, OfSoManyPacketsIsWhatEncodingThemAloneWouldBe) {
  for (std::uint64_t packets = 1; packets <= kPackets; ++packets) {
    support::CraftedBlock alone = block_of(packets, shape_.link_header);
    expect_equal(cut(packets, kNoLimit), encode(alone, shape_, kCarryBytes));
  }
}

TEST_P(CutRun, OfSoManyBytesEndsBehindTheLastRecordThatFits) {
  for (std::uint64_t packets = 1; packets < kPackets; ++packets) {
    const EncodedRun exact = cut(packets, kNoLimit);
    const std::uint64_t bytes = exact.end - kCarryBytes;
    expect_equal(cut(kNoLimit, bytes), exact);
    EXPECT_EQ(cut(kNoLimit, bytes - 1).packets, packets - 1);
  }
}

TEST(CutRunOfMicroseconds, EndsWithTheTimeOfItsLastRecord) {
  constexpr RecordShape kMicro{.precision = Precision::kMicro, .snaplen = kMaxSnaplen};
  support::CraftedBlock block;
  for (std::uint32_t second = 1; second <= 3; ++second)
    block.add({.bytes = Bytes(60), .seconds = second, .nanoseconds = 7'999});
  const EncodedRun encoded = encode(block, kMicro);
  EXPECT_EQ(encoded.last, (RecordTime{3, 7'000}));
  const EncodedRun cut =
      cut_run(encoded, block.bytes().subspan(ring::kRunOffset), 0, kMicro, 2, kNoLimit);
  EXPECT_EQ(cut.first, (RecordTime{1, 7'000}));
  EXPECT_EQ(cut.last, (RecordTime{2, 7'000}));
}

TEST_P(CutRun, ToNothingLeavesTheCarry) {
  const EncodedRun nothing = cut(0, kNoLimit);
  EXPECT_EQ(nothing.packets, 0U);
  EXPECT_EQ(nothing.end, kCarryBytes);
  EXPECT_EQ(nothing.whole_end, kCarryBytes);
  EXPECT_EQ(nothing.wire_bytes, 0U);
}

}  // namespace
}  // namespace ringtail::pcapfile
