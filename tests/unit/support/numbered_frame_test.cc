#include "support/numbered_frame.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/big_endian.h"
#include "support/numbered_frame_decoder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::support {
namespace {

DecodedFrame decode(const std::vector<std::uint8_t>& frame) {
  return decode_numbered_frame(kLinktypeEthernet, frame, frame.size());
}

TEST(NumberedFrame, IsReadBackInEachSizeAndWithATag) {
  for (const std::uint16_t vlan : {std::uint16_t{0}, std::uint16_t{5}}) {
    for (std::size_t size = kSmallestFrame; size < 200; ++size) {
      const auto frame = make_frame(size * 0x123456789, {size, size, false, vlan, 3});
      ASSERT_EQ(frame.size(), size);
      EXPECT_EQ(decode(frame).verdict, FrameVerdict::kNumbered) << size;
      EXPECT_EQ(decode(frame).number, size * 0x123456789) << size;
    }
  }
}

TEST(NumberedFrame, NoticesEachFlippedBit) {
  const auto good = make_frame(42, {70, 70, false, 0, 1});
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto frame = good;
    frame[bit / 8] = static_cast<std::uint8_t>(frame[bit / 8] ^ (1U << (bit % 8)));
    const auto verdict = decode(frame).verdict;
    EXPECT_TRUE(verdict == FrameVerdict::kCorrupt || verdict == FrameVerdict::kForeign) << bit;
  }
}

TEST(NumberedFrame, CutBySnaplenIsTruncatedOrTooShortToTell) {
  const auto frame = make_frame(42, {200, 200, false, 0, 1});
  for (std::size_t length = 0; length < frame.size(); ++length) {
    const auto cut = std::span(frame).first(length);
    const auto decoded = decode_numbered_frame(kLinktypeEthernet, cut, frame.size());
    const bool has_number = length >= 14 + kPatternOffset;
    EXPECT_EQ(decoded.verdict, has_number ? FrameVerdict::kTruncated : FrameVerdict::kForeign);
    EXPECT_EQ(decoded.number, has_number ? 42U : 0U);
  }
}

TEST(NumberedFrame, CutAndChangedIsCorrupt) {
  auto frame = make_frame(42, {200, 200, false, 0, 1});
  frame[90] ^= 1;
  const auto cut = std::span<const std::uint8_t>(frame).first(100);
  EXPECT_EQ(decode_numbered_frame(kLinktypeEthernet, cut, frame.size()).verdict,
            FrameVerdict::kCorrupt);
}

TEST(NumberedFrame, MissingItsLastByteIsCorrupt) {
  auto frame = make_frame(42, {200, 200, false, 0, 1});
  frame.pop_back();
  EXPECT_EQ(decode(frame).verdict, FrameVerdict::kCorrupt);
}

TEST(NumberedFrame, IsReadBehindCookedHeaders) {
  const auto ethernet = make_frame(9);
  for (const std::size_t header_size : {16U, 20U}) {
    std::vector<std::uint8_t> frame(header_size);
    store_big_endian<std::uint16_t>(frame, header_size == 16 ? 14 : 0, kIpv4Type);
    frame.insert(frame.end(), ethernet.begin() + 14, ethernet.end());
    const auto linktype = header_size == 16 ? kLinktypeCooked : kLinktypeCooked2;
    EXPECT_EQ(decode_numbered_frame(linktype, frame, frame.size()).number, 9U);
  }
}

TEST(NumberedFrame, IsReadBehindACookedHeaderWithATag) {
  const auto ethernet = make_frame(9);
  std::vector<std::uint8_t> frame(24);
  store_big_endian<std::uint16_t>(frame, 0, kVlanType);
  store_big_endian<std::uint16_t>(frame, 22, kIpv4Type);
  frame.insert(frame.end(), ethernet.begin() + 14, ethernet.end());
  const auto decoded = decode_numbered_frame(kLinktypeCooked2, frame, frame.size());
  EXPECT_EQ(decoded.verdict, FrameVerdict::kNumbered);
  EXPECT_EQ(decoded.number, 9U);
}

TEST(FrameShape, ReadsTheThreeWaysToGiveASize) {
  FrameShape shape;
  set_sizes(shape, "100");
  EXPECT_EQ(frame_size(shape, 5), 100U);
  set_sizes(shape, "60-1514");
  for (std::uint64_t number = 0; number < 1000; ++number) {
    EXPECT_GE(frame_size(shape, number), 60U);
    EXPECT_LE(frame_size(shape, number), 1514U);
  }
  set_sizes(shape, "imix");
  EXPECT_EQ(largest_frame_size(shape), 1514U);
  EXPECT_EQ(frame_size(shape, 7), 1514U);
}

TEST(FrameShape, RefusesSizesThatNoFrameHas) {
  FrameShape shape;
  for (const auto* text : {"", "59", "65536", "100-", "-100", "200-100", "100x", "IMIX"}) {
    EXPECT_THROW(set_sizes(shape, text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ringtail::support
