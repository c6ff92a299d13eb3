#include "base/human_number.h"

#include <gtest/gtest.h>

namespace ringtail::base {
namespace {

TEST(HumanNumber, HasAPrefixAndNoMoreDigitsThanPeopleRead) {
  const std::pair<double, const char*> cases[] = {
      {0, "0 "},           {17, "17 "},         {999, "999 "},      {999.6, "1.00 k"},
      {1234, "1.23 k"},    {12345, "12.35 k"},  {123456, "123 k"},  {999'499, "999 k"},
      {999'500, "1.00 M"}, {1.5e9, "1.50 G"},   {2.5e12, "2.50 T"}, {9.0e15, "9.00 P"},
      {1.8e19, "18.00 E"}, {1.8e22, "18000 E"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(with_prefix(value), text);
}

}  // namespace
}  // namespace ringtail::base
