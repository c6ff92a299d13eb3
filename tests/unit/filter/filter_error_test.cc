#include "filter/filter_error.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ringtail::filter {
namespace {

TEST(FilterError, MarksThePlaceBelowTheExpression) {
  const FilterError error("tcp port and", "syntax error", 9);
  EXPECT_STREQ(error.what(), "filter: syntax error\n  tcp port and\n           ^");
  EXPECT_EQ(error.one_line(), "filter 'tcp port and': syntax error at 'and' (character 10)");
}

TEST(FilterError, SaysThatAnExpressionEndsTooEarly) {
  const FilterError error("tcp and", "syntax error", 7);
  EXPECT_STREQ(error.what(), "filter: syntax error\n  tcp and\n         ^");
  EXPECT_EQ(error.one_line(), "filter 'tcp and': syntax error at its end");
}

TEST(FilterError, MarksNothingWithoutAPlace) {
  const FilterError error("tcp and udp", "expression rejects all packets");
  EXPECT_STREQ(error.what(), "filter: expression rejects all packets\n  tcp and udp");
  EXPECT_EQ(error.one_line(), "filter 'tcp and udp': expression rejects all packets");
}

TEST(FilterError, IsSafeForATerminal) {
  std::string expression("tcp \x1b[2J\x9b", 9);
  expression += '\0';
  const FilterError error(expression, "odd\x1b word", 4);
  const auto is_safe = [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; };
  EXPECT_TRUE(std::ranges::all_of(std::string(error.what()), is_safe)) << error.what();
  EXPECT_TRUE(std::ranges::all_of(error.one_line(), is_safe));
  EXPECT_EQ(error.one_line().find('\n'), std::string::npos);
}

TEST(FilterError, KeepsTheCaretInPlaceBehindEscapedBytes) {
  const FilterError error("\x01 and", "syntax error", 2);
  EXPECT_STREQ(error.what(), "filter: syntax error\n  \\x01 and\n       ^");
}

TEST(FilterError, ShowsOneLineOfAnExpressionOfMany) {
  const FilterError error("tcp or\n\tudp or", "syntax error", 14);
  EXPECT_STREQ(error.what(), "filter: syntax error\n  tcp or  udp or\n                ^");
}

TEST(FilterError, ShowsTheSurroundingsOfALongExpression) {
  std::string expression;
  for (int i = 0; i < 1000; ++i) expression += "tcp or ";
  const FilterError error(expression, "syntax error", 3500);
  EXPECT_LT(std::string(error.what()).size(), 300U);
  const std::string text = error.what();
  EXPECT_EQ(text.substr(text.rfind("\n  ") + 1).size(), 2U + 3 + 60 + 1);
}

}  // namespace
}  // namespace ringtail::filter
