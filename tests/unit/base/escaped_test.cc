#include "base/escaped.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ringtail::base {
namespace {

TEST(Escaped, LeavesPrintableAsciiAlone) {
  EXPECT_EQ(escaped(R"(tcp "a" '\b' ~)"), R"(tcp "a" '\b' ~)");
  EXPECT_EQ(escaped(""), "");
}

TEST(Escaped, ShowsTheBytesOfEverythingElse) {
  EXPECT_EQ(escaped("a\x1b[31mb\x7f"), "a\\x1b[31mb\\x7f");
  EXPECT_EQ(escaped("\xc3\xa9\xff"), "\\xc3\\xa9\\xff");
}

TEST(Escaped, LetsNoByteThroughThatATerminalObeys) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string shown = escaped(std::string(1, static_cast<char>(byte)));
    EXPECT_TRUE(std::all_of(shown.begin(), shown.end(), [](char c) { return c >= ' ' && c < 127; }))
        << byte;
  }
}

}  // namespace
}  // namespace ringtail::base
