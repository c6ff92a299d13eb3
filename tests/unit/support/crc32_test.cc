#include "support/crc32.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

namespace ringtail::support {
namespace {

TEST(Crc32, GivesTheStandardCheckValue) {
  const std::string_view digits = "123456789";
  const std::vector<std::uint8_t> bytes(digits.begin(), digits.end());
  EXPECT_EQ(crc32(bytes), 0xCBF43926U);
}

TEST(Crc32, OfPiecesEqualsThatOfTheWholeAtEachCut) {
  std::vector<std::uint8_t> bytes(40);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{7});
  const std::span whole(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(crc32(whole.subspan(cut), crc32(whole.first(cut))), crc32(whole)) << cut;
  }
}

}  // namespace
}  // namespace ringtail::support
