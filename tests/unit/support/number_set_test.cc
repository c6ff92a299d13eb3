#include "support/number_set.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace ringtail::support {
namespace {

using Gaps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Gaps gaps_of(const NumberSet& set, std::uint64_t first, std::uint64_t last) {
  Gaps gaps;
  set.for_each_gap(first, last,
                   [&gaps](std::uint64_t a, std::uint64_t b) { gaps.emplace_back(a, b); });
  return gaps;
}

TEST(NumberSet, TellsNewNumbersFromKnownOnes) {
  NumberSet set;
  EXPECT_TRUE(set.insert(70'000));
  EXPECT_TRUE(set.insert(3));
  EXPECT_FALSE(set.insert(70'000));
  EXPECT_TRUE(set.contains(3));
  EXPECT_FALSE(set.contains(4));
  EXPECT_EQ(set.size(), 2U);
  EXPECT_EQ(set.first(), 3U);
  EXPECT_EQ(set.last(), 70'000U);
}

TEST(NumberSet, ListsGapsAtTheEndsAndAcrossPages) {
  NumberSet set;
  for (const std::uint64_t number : {5U, 6U, 65'535U, 65'536U, 200'000U}) set.insert(number);
  EXPECT_EQ(gaps_of(set, 0, 200'002),
            (Gaps{{0, 4}, {7, 65'534}, {65'537, 199'999}, {200'001, 200'002}}));
  EXPECT_EQ(gaps_of(set, 5, 6), Gaps{});
  EXPECT_EQ(gaps_of(set, 10, 20), (Gaps{{10, 20}}));
  EXPECT_EQ(set.missing(4, 8), 3U);
}

TEST(NumberSet, CountsAcrossAnEnormousGapAtOnce) {
  NumberSet set;
  set.insert(0);
  set.insert(UINT64_MAX);
  EXPECT_EQ(set.missing(0, UINT64_MAX), UINT64_MAX - 1);
}

TEST(NumberSet, OfNothingMissesTheWholeRange) {
  EXPECT_EQ(gaps_of(NumberSet{}, 7, 9), (Gaps{{7, 9}}));
}

}  // namespace
}  // namespace ringtail::support
