#include "base/decimal.h"

#include <gtest/gtest.h>

namespace ringtail::base {
namespace {

TEST(Decimal, IsReadAsAWhole) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), 18446744073709551615U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616"})
    EXPECT_EQ(parse_decimal(text), std::nullopt) << "'" << text << "'";
}

TEST(Decimal, LeavesWhatFollowsTheDigits) {
  std::string_view text = "90s7";
  EXPECT_EQ(take_digits(text), "90");
  EXPECT_EQ(text, "s7");
  EXPECT_EQ(take_digits(text), "");
  std::string_view digits = "12";
  EXPECT_EQ(take_digits(digits), "12");
  EXPECT_EQ(digits, "");
}

}  // namespace
}  // namespace ringtail::base
