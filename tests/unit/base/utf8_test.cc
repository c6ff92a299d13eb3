#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtail::base {
namespace {

TEST(Utf8, AcceptsSequencesOfEveryLength) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8e"));
}

TEST(Utf8, RefusesWhatRfc3629Forbids) {
  for (const std::string text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    EXPECT_FALSE(is_utf8("a" + text)) << text;
}

TEST(Utf8, RefusesASequenceThatIsCutAnywhere) {
  for (const std::string sequence : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x8e"}) {
    for (std::size_t size = 1; size < sequence.size(); ++size)
      EXPECT_FALSE(is_utf8("a" + sequence.substr(0, size)));
    EXPECT_EQ(utf8_sequence_length(sequence + "b"), sequence.size());
  }
}

}  // namespace
}  // namespace ringtail::base
