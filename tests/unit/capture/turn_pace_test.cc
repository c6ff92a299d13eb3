#include "capture/turn_pace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace ringtail::capture {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A worker whose blocks come at a steady rate: turns take no time, and there is one as soon as a
// block is there, or after the pause.
class TurnPaceTest : public testing::Test {
 protected:
  // The blocks that each of the last of many turns found.
  std::uint64_t blocks_per_turn(microseconds block_every,
                                TurnPace::Clock::duration longest = TurnPace::kLongestPause) {
    std::uint64_t taken = 0;
    std::uint64_t found = 0;
    for (int turn = 0; turn < 20; ++turn) {
      const auto pause = pace_.pause(taken, now_, longest);
      EXPECT_LE(pause, longest);
      now_ += pause;
      if (now_ - begin_ < block_every * (taken + 1))
        now_ = begin_ + block_every * (taken + 1);  // it waits for the block
      const auto there = static_cast<std::uint64_t>((now_ - begin_) / block_every);
      found = there - taken;
      taken = there;
    }
    return found;
  }

  TurnPace pace_;
  TurnPace::Clock::time_point begin_{seconds(1000)};
  TurnPace::Clock::time_point now_ = begin_;
};

TEST_F(TurnPaceTest, NeverRestsWhereBlocksComeSlowly) {
  EXPECT_EQ(blocks_per_turn(milliseconds(60)), 1U);
}

TEST_F(TurnPaceTest, FindsHalfAsManyAsATurnTakesWhereTheyComeFast) {
  EXPECT_GE(blocks_per_turn(microseconds(400)), 4U);
  EXPECT_LE(blocks_per_turn(microseconds(400)), 5U);
}

TEST_F(TurnPaceTest, DoesNotLetBlocksPileUpWhereTurnsTakeTimeToo) {
  constexpr auto kBlockEvery = microseconds(700);
  constexpr auto kTurn = microseconds(600);  // for as many as one takes
  constexpr std::uint64_t kMostPerTurn = Gathering::kMostBlocks;
  std::uint64_t taken = 0;
  for (int turn = 0; turn < 500; ++turn) {
    now_ += pace_.pause(taken, now_, TurnPace::kLongestPause);
    if (now_ - begin_ < kBlockEvery * (taken + 1)) now_ = begin_ + kBlockEvery * (taken + 1);
    const auto there = static_cast<std::uint64_t>((now_ - begin_) / kBlockEvery) - taken;
    ASSERT_LE(there, kMostPerTurn) << "in turn " << turn;
    taken += there;
    now_ += kTurn;
  }
}

TEST_F(TurnPaceTest, NeverRestsLongerThanTheRingsAllow) {
  EXPECT_LE(blocks_per_turn(microseconds(400), microseconds(900)), 3U);
  EXPECT_LE(blocks_per_turn(microseconds(400), microseconds(700)), 2U);
  EXPECT_EQ(blocks_per_turn(microseconds(400), microseconds(300)), 1U);
}

TEST_F(TurnPaceTest, GoesOnAsBeforeAfterATurnThatTookNone) {
  EXPECT_EQ(pace_.pause(0, now_, TurnPace::kLongestPause).count(), 0);
  (void)pace_.pause(100, now_, TurnPace::kLongestPause);
  EXPECT_EQ(pace_.pause(101, now_ + microseconds(500), TurnPace::kLongestPause), milliseconds(2));
  EXPECT_EQ(pace_.pause(101, now_ + milliseconds(1), TurnPace::kLongestPause), milliseconds(2));
  EXPECT_EQ(pace_.pause(103, now_ + microseconds(2500), TurnPace::kLongestPause), milliseconds(4))
      << "two blocks in the two milliseconds since the last one was taken";
}

TEST_F(TurnPaceTest, WaitsForTheNextBlockWhereNoneWouldComeInTwoPauses) {
  (void)pace_.pause(100, now_, TurnPace::kLongestPause);
  EXPECT_EQ(pace_.pause(101, now_ + milliseconds(40), TurnPace::kLongestPause), milliseconds(20));
  EXPECT_EQ(pace_.pause(102, now_ + milliseconds(81), TurnPace::kLongestPause).count(), 0);
}

TEST_F(TurnPaceTest, WaitsForTheNextBlockWhenWhoTookMostHasGone) {
  (void)pace_.pause(100, now_, TurnPace::kLongestPause);
  EXPECT_EQ(pace_.pause(7, now_ + milliseconds(1), TurnPace::kLongestPause).count(), 0);
  EXPECT_EQ(pace_.pause(9, now_ + milliseconds(2), TurnPace::kLongestPause), milliseconds(2));
}

TEST_F(TurnPaceTest, TakesTheFirstBlockOfABurstAtOnceAndRestsAfterTheSecond) {
  (void)pace_.pause(0, now_, TurnPace::kLongestPause);
  EXPECT_EQ(pace_.pause(1, now_ + seconds(10), TurnPace::kLongestPause).count(), 0);
  EXPECT_EQ(pace_.pause(2, now_ + seconds(10) + microseconds(500), TurnPace::kLongestPause),
            milliseconds(2));
}

TEST(TurnPaceLimit, IsThreeQuartersOfTheRingAtFiftyGigabits) {
  EXPECT_EQ(TurnPace::longest_pause(100'000'000), milliseconds(12));
  EXPECT_EQ(TurnPace::longest_pause(8U << 20), microseconds(1006));
  EXPECT_EQ(TurnPace::longest_pause(std::size_t{1} << 40), TurnPace::kLongestPause);
  EXPECT_EQ(TurnPace::longest_pause(0).count(), 0);
}

TEST(TurnPaceEnd, IsTheSameForAllThatPauseForLongestInOnePeriod) {
  const TurnPace::Clock::time_point begin(seconds(3000));
  for (const auto& [longest, period] : {std::pair{microseconds(20'000), milliseconds(20)},
                                        std::pair{microseconds(16'106), milliseconds(15)},
                                        std::pair{microseconds(5'000), milliseconds(5)}}) {
    const auto early = longest - period;
    for (auto since = microseconds(0); since < period - early; since += microseconds(7))
      ASSERT_EQ(TurnPace::end(begin + since, longest, longest), begin + period)
          << longest.count() << " us, begun after " << since.count();
  }
}

TEST(TurnPaceEnd, IsNeverLaterThanThePauseAndNeverBeforeItsBegin) {
  for (auto longest = microseconds(1); longest <= microseconds(20'000);
       longest += microseconds(7)) {
    const TurnPace::Clock::time_point begin(seconds(3000) + longest * 11);
    const auto end = TurnPace::end(begin, longest, longest);
    ASSERT_GT(end, begin) << longest.count();
    ASSERT_LE(end, begin + longest) << longest.count();
  }
}

TEST(TurnPaceEnd, IsAfterAllOfAPauseThatIsNotTheLongest) {
  const TurnPace::Clock::time_point begin(seconds(3000) + microseconds(7));
  EXPECT_EQ(TurnPace::end(begin, milliseconds(12), milliseconds(20)), begin + milliseconds(12));
  EXPECT_EQ(TurnPace::end(begin, microseconds(4900), microseconds(4900)),
            begin + microseconds(4900))
      << "there is not much to share where pauses are short";
}

}  // namespace
}  // namespace ringtail::capture
