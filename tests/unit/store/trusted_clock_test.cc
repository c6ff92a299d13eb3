#include "store/trusted_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <vector>

namespace ringtail::store {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kAge = 1h;
constexpr PacketTime kFirstReading{1'700'000'000s};

// The two clocks of a host.
class TrustedClockTest : public testing::Test {
 protected:
  void pass(std::chrono::nanoseconds time) {
    now_.wall += time;
    now_.since_boot += time;
  }
  void step(std::chrono::nanoseconds by) { now_.wall += by; }
  // As somebody does who looks each minute.
  std::optional<PacketTime> look_for(std::chrono::nanoseconds time) {
    std::optional<PacketTime> last = clock_.time(now_);
    for (; time > 0s; time -= 1min) {
      pass(std::min<std::chrono::nanoseconds>(time, 1min));
      last = clock_.time(now_);
    }
    return last;
  }

  TrustedClock::Reading now_{kFirstReading, 1000s};
  TrustedClock clock_{kAge};
};

TEST_F(TrustedClockTest, GoesWithTheWallClockThatIsLeftAlone) {
  EXPECT_EQ(look_for(0s), kFirstReading);
  EXPECT_EQ(look_for(48h), kFirstReading + 48h);
}

TEST_F(TrustedClockTest, FollowsAStepForwardOnlyWhenTheTimeSinceBootHasConfirmedIt) {
  look_for(10min);
  step(24h);
  EXPECT_EQ(look_for(0s), kFirstReading + 10min);
  EXPECT_EQ(look_for(59min), kFirstReading + 69min);
  EXPECT_EQ(look_for(2min), kFirstReading + 24h + 71min);
}

TEST_F(TrustedClockTest, FollowsAStepBackAtOnce) {
  look_for(10min);
  step(-24h);
  EXPECT_EQ(look_for(5min), kFirstReading - 24h + 15min);
}

TEST_F(TrustedClockTest, AStepForwardAndBackLeavesNothingBehind) {
  look_for(10min);
  step(24h);
  look_for(5min);
  step(-24h);
  EXPECT_EQ(look_for(5min), kFirstReading + 20min);
  EXPECT_EQ(look_for(3h), kFirstReading + 200min);
}

TEST_F(TrustedClockTest, AStepBackAndForwardWaitsForWhatWasStampedBetween) {
  look_for(10min);
  step(-24h);
  look_for(5min);
  step(24h);
  EXPECT_EQ(look_for(58min), kFirstReading - 24h + 73min);
  EXPECT_EQ(look_for(3min), kFirstReading + 76min);
}

TEST_F(TrustedClockTest, SleptTimeCounts) {
  look_for(1min);
  pass(10h);
  EXPECT_EQ(look_for(0s), kFirstReading + 1min + 10h);
}

TEST_F(TrustedClockTest, KnowsNoTimeUntilAWindowAfterItWasDistrusted) {
  clock_.distrust(now_);
  EXPECT_EQ(look_for(59min), std::nullopt);
  EXPECT_EQ(look_for(2min), kFirstReading + 61min);
}

TEST_F(TrustedClockTest, IsNoMoreThanASecondBehindASlewedClock) {
  for (int minute = 0; minute < 10'000; ++minute) {
    pass(1min);
    step(minute % 2000 < 1000 ? 5ms : -5ms);
    const auto time = clock_.time(now_);
    ASSERT_TRUE(time);
    EXPECT_LE(*time, now_.wall);
    EXPECT_GT(*time, now_.wall - 1s - 62 * 5ms) << "and by how much it slewed in the window";
  }
}

// Whatever the wall clock does between two looks: nothing looks older than it is.
TEST_F(TrustedClockTest, NothingThatIsYoungerThanTheWindowEverLooksOlder) {
  struct Stamp {
    PacketTime wall;
    std::chrono::nanoseconds since_boot;
  };
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<Stamp> stamps;
    TrustedClock clock(kAge);
    for (int second = 0; second < 20'000; ++second) {
      pass(1s);
      if (random() % 2000 == 0) step(std::chrono::seconds(random() % 200'000) - 100'000s);
      const auto time = clock.time(now_);
      stamps.push_back({now_.wall, now_.since_boot});
      if (second % 97 != 0) continue;
      for (const Stamp& stamp : stamps) {
        if (stamp.since_boot > now_.since_boot - kAge) {
          ASSERT_GE(stamp.wall, *time - kAge);
        }
      }
    }
  }
}

TEST(TrustedClock, ReadsTheHost) {
  const auto first = TrustedClock::read_host();
  const auto second = TrustedClock::read_host();
  EXPECT_GT(first.since_boot, 0s);
  EXPECT_GT(second.since_boot, first.since_boot);
  EXPECT_GT(first.wall, kFirstReading);
}

}  // namespace
}  // namespace ringtail::store
