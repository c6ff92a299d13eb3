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
constexpr RecordShape kShape{.snaplen = kMaxSnaplen};

// The same packets, all or the first of them, in a block of their own.
support::CraftedBlock block_of(std::uint64_t packets) {
  std::mt19937 random(7);
  support::CraftedBlock block;
  for (std::uint64_t i = 0; i < packets; ++i)
    block.add(random_packet(random, LinkHeader::kEthernet, 1500));
  return block;
}

void expect_equal(const EncodedRun& left, const EncodedRun& right) {
  EXPECT_EQ(left.end, right.end);
  EXPECT_EQ(left.packets, right.packets);
  EXPECT_EQ(left.whole_end, right.whole_end);
  EXPECT_EQ(left.whole_packets, right.whole_packets);
  EXPECT_EQ(left.first_seconds, right.first_seconds);
  EXPECT_EQ(left.first_nanoseconds, right.first_nanoseconds);
}

class CutRun : public testing::Test {
 protected:
  static constexpr std::uint64_t kPackets = 60;

  [[nodiscard]] EncodedRun cut(std::uint64_t packets, std::uint64_t bytes) {
    return cut_run(encoded_, block_.bytes().subspan(ring::kRunOffset), kCarryBytes, packets, bytes);
  }

  support::CraftedBlock block_ = block_of(kPackets);
  EncodedRun encoded_ = encode(block_, kShape, kCarryBytes);
};

TEST_F(CutRun, OfSoManyPacketsIsWhatEncodingThemAloneWouldBe) {
  for (std::uint64_t packets = 1; packets <= kPackets; ++packets) {
    support::CraftedBlock alone = block_of(packets);
    expect_equal(cut(packets, kNoLimit), encode(alone, kShape, kCarryBytes));
  }
}

TEST_F(CutRun, OfSoManyBytesEndsBehindTheLastRecordThatFits) {
  for (std::uint64_t packets = 1; packets < kPackets; ++packets) {
    const EncodedRun exact = cut(packets, kNoLimit);
    const std::uint64_t bytes = exact.end - kCarryBytes;
    expect_equal(cut(kNoLimit, bytes), exact);
    EXPECT_EQ(cut(kNoLimit, bytes - 1).packets, packets - 1);
  }
}

TEST_F(CutRun, ToNothingLeavesTheCarry) {
  const EncodedRun nothing = cut(0, kNoLimit);
  EXPECT_EQ(nothing.packets, 0U);
  EXPECT_EQ(nothing.end, kCarryBytes);
  EXPECT_EQ(nothing.whole_end, kCarryBytes);
  EXPECT_EQ(nothing.wire_bytes, 0U);
}

}  // namespace
}  // namespace ringtail::pcapfile
