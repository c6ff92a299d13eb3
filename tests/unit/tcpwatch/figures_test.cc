#include "tcpwatch/figures.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/tcpwatch/moments.h"

namespace ringtail::tcpwatch {
namespace {

constexpr auto kDelay = 110ms;

struct Bench {
  [[nodiscard]] Figure syns() const {
    const std::array<const Tally*, 2> workers{&first, &second};
    return cell(figures_of(workers, clocks.now, kDelay), Direction::kIn, Kind::kSyn);
  }
  Tally first;
  Tally second;
  Clocks clocks;
};

TEST(Figures, AreSumsOverTheWorkersSecondBySecond) {
  Bench bench;
  count_syns(bench.first, bench.clocks.now, kStart, 10);
  count_syns(bench.second, bench.clocks.now, kStart, 5);
  bench.clocks.pass(1s);
  // Each worker's best second is another one.
  count_syns(bench.second, bench.clocks.now, kStart + 1, 12);
  bench.clocks.pass(1s + kDelay);
  EXPECT_EQ(bench.syns(), (Figure{.total = 27, .rate = 12, .peak = 15}));
}

TEST(Figures, TellOfASecondWhenItsDelayIsOver) {
  Bench bench;
  count_syns(bench.first, bench.clocks.now, kStart, 10);
  bench.clocks.pass(1s + kDelay - 1ns);
  EXPECT_EQ(bench.syns(), (Figure{.total = 10, .rate = 0, .peak = 0}));
  bench.clocks.pass(1ns);
  EXPECT_EQ(bench.syns(), (Figure{.total = 10, .rate = 10, .peak = 10}));
}

TEST(Figures, FallToZeroWithoutAPacketAndRememberThePeakForAMinute) {
  Bench bench;
  count_syns(bench.first, bench.clocks.now, kStart, 20'000);
  bench.clocks.pass(2s + kDelay);
  for (int second = 0; second < 59; ++second, bench.clocks.pass(1s))
    EXPECT_EQ(bench.syns(), (Figure{.total = 20'000, .rate = 0, .peak = 20'000})) << second;
  EXPECT_EQ(bench.syns(), (Figure{.total = 20'000, .rate = 0, .peak = 0}));
}

TEST(Figures, PutWhatALateWorkerCountsIntoThePeak) {
  Bench bench;
  count_syns(bench.first, bench.clocks.now, kStart, 100);
  bench.clocks.pass(1s + kDelay);
  EXPECT_EQ(bench.syns().peak, 100U);
  bench.clocks.pass(20s);
  count_syns(bench.second, bench.clocks.now, kStart, 50);
  EXPECT_EQ(bench.syns(), (Figure{.total = 150, .rate = 0, .peak = 150}));
}

TEST(Figures, DoNotRepeatSecondsThatTheClockRepeats) {
  Bench bench;
  count_syns(bench.first, bench.clocks.now, kStart, 100);
  bench.clocks.pass(1s + kDelay);
  bench.clocks.set_by(-30s);
  EXPECT_EQ(bench.syns(), (Figure{.total = 100, .rate = 0, .peak = 0}));
  bench.clocks.pass(30s);
  EXPECT_EQ(bench.syns(), (Figure{.total = 100, .rate = 0, .peak = 0}));
}

TEST(Figures, AreThereForTimesBeforeTheEpoch) {
  Bench bench;
  bench.clocks.now.wall = 5s;
  EXPECT_EQ(bench.syns(), Figure{});
}

}  // namespace
}  // namespace ringtail::tcpwatch
