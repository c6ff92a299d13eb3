#include "support/capture_comparison.h"

#include <gtest/gtest.h>

#include "unit/support/crafted_capture.h"

namespace ringtail::support {
namespace {

CaptureComparison compare(const CraftedCapture& left, const CraftedCapture& right,
                          VlanTags tags = VlanTags::kCompared) {
  const ScopedCaptureFile left_file(left.bytes());
  const ScopedCaptureFile right_file(right.bytes());
  return compare_captures({left_file.path()}, {right_file.path()}, tags);
}

TEST(CaptureComparison, IgnoresOrderAndFormat) {
  CraftedCapture left;
  CraftedCapture right({true, false, 65'535, 1});
  for (std::uint64_t number = 0; number < 50; ++number) {
    left.add_frame(kNoon, number);
    right.add_frame(kNoon, 49 - number);
  }
  const auto result = compare(left, right);
  EXPECT_TRUE(result.same_frames());
  EXPECT_EQ(result.common, 50U);
  EXPECT_EQ(result.largest_time_difference.count(), 0);
}

TEST(CaptureComparison, CountsOccurrencesAndMatchesThemInTimeOrder) {
  CraftedCapture left;
  CraftedCapture right;
  for (const std::int64_t time : {5'000, 1'000, 9'000}) left.add_frame(kNoon + time, 7);
  for (const std::int64_t time : {1'100, 5'300}) right.add_frame(kNoon + time, 7);
  const auto result = compare(left, right);
  EXPECT_EQ(result.common, 2U);
  EXPECT_EQ(result.only_left, 1U);
  EXPECT_EQ(result.only_right, 0U);
  EXPECT_FALSE(result.same_frames());
  EXPECT_EQ(result.largest_time_difference.count(), 300);
}

TEST(CaptureComparison, SeesOneFlippedBitInEitherLengthOrContent) {
  const auto frame = make_frame(1);
  CraftedCapture good;
  good.add_record(kNoon, frame, 60);
  for (std::size_t bit = 0; bit < frame.size() * 8; bit += 7) {
    auto changed = frame;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    CraftedCapture bad;
    bad.add_record(kNoon, changed, 60);
    EXPECT_EQ(compare(good, bad).only_right, 1U) << bit;
  }
  CraftedCapture longer;
  longer.add_record(kNoon, frame, 61);
  EXPECT_FALSE(compare(good, longer).same_frames());
}

TEST(CaptureComparison, OfLinkTypesThatDifferFindsNothingInCommon) {
  CraftedCapture left;
  CraftedCapture right({false, true, 65'535, 276});
  left.add_frame(kNoon, 1);
  right.add_frame(kNoon, 1);
  EXPECT_EQ(compare(left, right).common, 0U);
}

TEST(CaptureComparison, FindsATaggedFrameTheSameAsAnUntaggedOneIfAsked) {
  CraftedCapture left;
  CraftedCapture right;
  left.add_frame(kNoon, 1, {.smallest = 104, .largest = 104, .vlan = 5});
  right.add_frame(kNoon, 1, {.smallest = 100, .largest = 100});
  EXPECT_EQ(compare(left, right).common, 0U);
  EXPECT_TRUE(compare(left, right, VlanTags::kStripped).same_frames());
  EXPECT_TRUE(compare(right, left, VlanTags::kStripped).same_frames());
}

TEST(CaptureComparison, SeesAChangeBehindATagThatItStrips) {
  CraftedCapture left;
  CraftedCapture right;
  const FrameShape tagged{.vlan = 5};
  auto frame = make_frame(1, tagged);
  left.add_record(kNoon, frame, 60);
  frame.back() ^= 1;
  right.add_record(kNoon, frame, 60);
  EXPECT_EQ(compare(left, right, VlanTags::kStripped).common, 0U);
}

TEST(CaptureComparison, IgnoresWhatLiesBehindAShortCookedAddress) {
  const CraftedCapture::Format cooked{.linktype = 276};
  std::vector<std::uint8_t> frame(60);
  frame[11] = 6;
  CraftedCapture left(cooked);
  left.add_record(kNoon, frame, 60);
  frame[18] = 0x77;
  CraftedCapture padded(cooked);
  padded.add_record(kNoon, frame, 60);
  EXPECT_TRUE(compare(left, padded).same_frames());
  frame[17] = 0x77;
  CraftedCapture other_address(cooked);
  other_address.add_record(kNoon, frame, 60);
  EXPECT_EQ(compare(left, other_address).common, 0U);
}

}  // namespace
}  // namespace ringtail::support
