#include "settings/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ringtail::settings {
namespace {

constexpr std::array<std::string_view, 3> kKnown = {"snaplen", "workers", "filter"};

TEST(NearestWord, FindsTheSmallestNumberOfEdits) {
  EXPECT_EQ(nearest_word("snaplan", kKnown), "snaplen");
  EXPECT_EQ(nearest_word("snap_len", kKnown), "snaplen");
  EXPECT_EQ(nearest_word("worker", kKnown), "workers");
  EXPECT_EQ(nearest_word("fliter", kKnown), "filter");
}

TEST(NearestWord, DoesNotGuessWhenHalfTheWordWouldChange) {
  EXPECT_EQ(nearest_word("colour", kKnown), std::nullopt);
  EXPECT_EQ(nearest_word("", kKnown), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(100'000, 'f'), kKnown), std::nullopt);
}

}  // namespace
}  // namespace ringtail::settings
