#include "capture/gathering.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace ringtail::capture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Blocks {
  std::uint32_t all = 64;
  std::uint32_t retired = 0;
  [[nodiscard]] std::uint32_t block_count() const { return all; }
  [[nodiscard]] bool has_retired(std::uint32_t count) const { return retired >= count; }
};

constexpr Gathering::Clock::time_point kBegin{seconds(1000)};

TEST(Gathering, WaitsUntilThereAreAsManyBlocksAsAreInFlight) {
  Gathering gathering;
  for (std::uint32_t retired = 1; retired < 8; ++retired)
    EXPECT_TRUE(gathering.waits(Blocks{.retired = retired}, kBegin)) << retired;
  EXPECT_FALSE(gathering.waits(Blocks{.retired = 8}, kBegin));
  EXPECT_EQ(gathering.due(), std::nullopt);
}

TEST(Gathering, EndsAQuarterOfASecondAfterTheFirstBlock) {
  Gathering gathering;
  EXPECT_TRUE(gathering.waits(Blocks{.retired = 1}, kBegin));
  EXPECT_EQ(gathering.due(), kBegin + milliseconds(250));
  EXPECT_TRUE(gathering.waits(Blocks{.retired = 2}, kBegin + milliseconds(249)));
  EXPECT_EQ(gathering.due(), kBegin + milliseconds(250)) << "more blocks put it off no further";
  EXPECT_FALSE(gathering.waits(Blocks{.retired = 2}, kBegin + milliseconds(250)));
  gathering.end();
  EXPECT_TRUE(gathering.waits(Blocks{.retired = 1}, kBegin + seconds(1)));
  EXPECT_EQ(gathering.due(), kBegin + milliseconds(1250)) << "the next ones have as long";
}

TEST(Gathering, WaitsForNothingWhereThereIsNoBlock) {
  Gathering gathering;
  EXPECT_FALSE(gathering.waits(Blocks{}, kBegin));
  EXPECT_EQ(gathering.due(), std::nullopt);
}

TEST(Gathering, LeavesAnEighthOfARingAtMostAndNothingOfASmallOne) {
  Gathering gathering;
  EXPECT_FALSE(gathering.waits(Blocks{.all = 3, .retired = 1}, kBegin));
  EXPECT_FALSE(gathering.waits(Blocks{.all = 15, .retired = 1}, kBegin));
  EXPECT_TRUE(gathering.waits(Blocks{.all = 16, .retired = 1}, kBegin));
  EXPECT_FALSE(gathering.waits(Blocks{.all = 16, .retired = 2}, kBegin));
  EXPECT_TRUE(gathering.waits(Blocks{.all = 63, .retired = 6}, kBegin));
  EXPECT_FALSE(gathering.waits(Blocks{.all = 63, .retired = 7}, kBegin));
  EXPECT_TRUE(gathering.waits(Blocks{.all = 4096, .retired = 7}, kBegin));
  EXPECT_FALSE(gathering.waits(Blocks{.all = 4096, .retired = 8}, kBegin));
}

TEST(Gathering, ForgetsWhatItWaitedForWhenItIsEnded) {
  Gathering gathering;
  EXPECT_TRUE(gathering.waits(Blocks{.retired = 1}, kBegin));
  gathering.end();
  EXPECT_EQ(gathering.due(), std::nullopt);
}

}  // namespace
}  // namespace ringtail::capture
