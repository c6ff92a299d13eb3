#include "support/link_header.h"

#include <gtest/gtest.h>

#include "support/numbered_frame_decoder.h"

namespace ringtail::support {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kAddresses = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const Bytes kBehindProtocol = {0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0};

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

void expect_stripped(std::uint32_t linktype, Bytes frame, const Bytes& expected) {
  const std::size_t size = frame.size();
  EXPECT_EQ(strip_vlan_tags(linktype, frame), size - expected.size());
  EXPECT_EQ(frame, expected);
}

TEST(LinkHeader, LosesAllTagsOfAnEthernetFrame) {
  const Bytes untagged = kAddresses + Bytes{8, 0, 0x45, 99};
  expect_stripped(kLinktypeEthernet, untagged, untagged);
  expect_stripped(kLinktypeEthernet, kAddresses + Bytes{0x81, 0, 0, 5, 8, 0, 0x45, 99}, untagged);
  expect_stripped(kLinktypeEthernet,
                  kAddresses + Bytes{0x88, 0xa8, 0, 6, 0x81, 0, 0, 5, 8, 0, 0x45, 99}, untagged);
}

TEST(LinkHeader, LosesAllTagsOfACookedFrame) {
  const Bytes untagged = Bytes{8, 0} + kBehindProtocol + Bytes{0x45, 99};
  expect_stripped(kLinktypeCooked2, untagged, untagged);
  expect_stripped(kLinktypeCooked2, Bytes{0x81, 0} + kBehindProtocol + Bytes{0, 5, 8, 0, 0x45, 99},
                  untagged);
  expect_stripped(kLinktypeCooked2,
                  Bytes{0x88, 0xa8} + kBehindProtocol + Bytes{0, 6, 0x81, 0, 0, 5, 8, 0, 0x45, 99},
                  untagged);
}

TEST(LinkHeader, KeepsATagThatTheFramesEndCuts) {
  for (const bool cooked : {false, true}) {
    const std::uint32_t linktype = cooked ? kLinktypeCooked2 : kLinktypeEthernet;
    const Bytes whole = cooked ? Bytes{0x81, 0} + kBehindProtocol + Bytes{0, 5, 8, 0}
                               : kAddresses + Bytes{0x81, 0, 0, 5, 8, 0};
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      expect_stripped(linktype, cut, cut);
    }
    Bytes frame = whole;
    EXPECT_EQ(strip_vlan_tags(linktype, frame), 4U);
  }
}

TEST(LinkHeader, OfAnotherLinkTypeHasNoTagsToLose) {
  const Bytes frame = kAddresses + Bytes{0x81, 0, 0, 5, 8, 0, 0x45, 99};
  expect_stripped(kLinktypeCooked, frame, frame);
}

TEST(LinkHeader, IsClearedBehindItsAddressAndNowhereElse) {
  for (std::size_t size = 0; size < 24; ++size) {
    for (std::uint8_t length = 0; length < 12; ++length) {
      Bytes frame(size, 0xff);
      if (size > 11) frame[11] = length;
      Bytes expected = frame;
      for (std::size_t at = 12; size > 11 && at < std::min<std::size_t>(size, 20); ++at) {
        if (at >= 12U + length) expected[at] = 0;
      }
      clear_address_padding(frame);
      EXPECT_EQ(frame, expected) << size << ' ' << int{length};
    }
  }
}

}  // namespace
}  // namespace ringtail::support
