#include "daemon/text_table.h"

#include <gtest/gtest.h>

namespace ringtail::daemon {
namespace {

TEST(TextTable, IsAsWideAsItsWidestCells) {
  EXPECT_EQ(text_table({{"NAME"}, {"MTU", true}, {"GRO"}},
                       {{"a-long-name", "9", "on"}, {"b", "65536", "off"}}),
            "NAME           MTU  GRO\n"
            "a-long-name      9  on\n"
            "b            65536  off\n");
}

TEST(TextTable, ShowsTitlesWithoutRows) {
  EXPECT_EQ(text_table({{"NAME"}, {"MTU", true}}, {}), "NAME  MTU\n");
}

TEST(TextTable, EndsNoLineWithBlanks) {
  EXPECT_EQ(text_table({{"NAME"}, {"FLAGS"}}, {{"a", ""}}), "NAME  FLAGS\na\n");
}

}  // namespace
}  // namespace ringtail::daemon
