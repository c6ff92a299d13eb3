#include "tcpwatch/tally.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "unit/tcpwatch/moments.h"

namespace ringtail::tcpwatch {
namespace {

using packet::kAck;
using packet::kFin;
using packet::kRst;
using packet::kSyn;

TEST(Tally, CountsAPacketAsAllThatItIs) {
  struct Case {
    unsigned flags;
    std::vector<Kind> kinds;
  };
  for (const Case& one :
       {Case{kSyn, {Kind::kSyn}}, Case{kSyn | kAck, {Kind::kSynAck}}, Case{kFin, {Kind::kFin}},
        Case{kFin | kAck, {Kind::kFin}}, Case{kRst | kAck, {Kind::kRst}},
        Case{kSyn | kFin, {Kind::kSyn, Kind::kFin}},
        Case{kSyn | kAck | kRst, {Kind::kSynAck, Kind::kRst}},
        Case{0xFF, {Kind::kSynAck, Kind::kFin, Kind::kRst}}, Case{kAck, {}}}) {
    Tally tally;
    const Clocks clocks;
    tally.begin(clocks.now);
    tally.count(static_cast<std::uint8_t>(one.flags), Direction::kOut, kStart);
    tally.publish();
    Counts expected{};
    for (const Kind kind : one.kinds) cell(expected, Direction::kOut, kind) = 1;
    EXPECT_EQ(tally.totals(), expected) << one.flags;
    EXPECT_EQ(tally.in_second(kStart, clocks.now), expected) << one.flags;
  }
}

TEST(Tally, KeepsSecondsApart) {
  Tally tally;
  Clocks clocks;
  clocks.pass(3s);
  tally.begin(clocks.now);
  // As packets of two CPUs come in.
  for (const std::int64_t second : {kStart, kStart + 1, kStart, kStart + 1, kStart + 3})
    tally.count(kSyn, Direction::kIn, second);
  tally.publish();
  EXPECT_EQ(syns_in(tally, kStart, clocks.now), 2U);
  EXPECT_EQ(syns_in(tally, kStart + 1, clocks.now), 2U);
  EXPECT_EQ(syns_in(tally, kStart + 2, clocks.now), 0U);
  EXPECT_EQ(syns_in(tally, kStart + 3, clocks.now), 1U);
  EXPECT_EQ(cell(tally.totals(), Direction::kIn, Kind::kSyn), 5U);
}

TEST(Tally, ForgetsSecondsButNotTheTotal) {
  Tally tally;
  Clocks clocks;
  for (int second = 0; second < 200; ++second) {
    count_syns(tally, clocks.now, kStart + second, 1 + second);
    EXPECT_EQ(syns_in(tally, kStart + second, clocks.now), 1U + static_cast<unsigned>(second));
    EXPECT_EQ(syns_in(tally, kStart + second - Tally::kSeconds, clocks.now), 0U);
    clocks.pass(1s);
  }
  EXPECT_EQ(cell(tally.totals(), Direction::kIn, Kind::kSyn), 200U * 201 / 2);
}

TEST(Tally, CountsPacketsOfAnyTimeInTheTotalAloneIfItIsFarOff) {
  Tally tally;
  const Clocks clocks;
  count_syns(tally, clocks.now, kStart, 5);
  std::uint64_t total = 5;
  for (const std::int64_t second : {std::int64_t{0}, kStart - Tally::kSeconds, kStart + 1,
                                    kStart + Tally::kSeconds, std::int64_t{UINT32_MAX}}) {
    count_syns(tally, clocks.now, second, 1);
    EXPECT_EQ(cell(tally.totals(), Direction::kIn, Kind::kSyn), ++total);
    EXPECT_EQ(syns_in(tally, second, clocks.now), 0U) << second;
  }
  EXPECT_EQ(syns_in(tally, kStart, clocks.now), 5U);
}

TEST(Tally, AddsWhatComesLateToItsSecond) {
  Tally tally;
  Clocks clocks;
  count_syns(tally, clocks.now, kStart, 1);
  clocks.pass(30s);  // the worker was stuck in a write
  count_syns(tally, clocks.now, kStart, 1);
  count_syns(tally, clocks.now, kStart + 1, 1);
  EXPECT_EQ(syns_in(tally, kStart, clocks.now), 2U);
  EXPECT_EQ(syns_in(tally, kStart + 1, clocks.now), 1U);
}

TEST(Tally, BeginsASecondAnewThatComesAgainBecauseTheClockWasSetBack) {
  for (const auto step : {5s, 30s, 3600s}) {
    Tally tally;
    Clocks clocks;
    count_syns(tally, clocks.now, kStart, 100);
    clocks.pass(500ms);
    clocks.set_by(-step);
    clocks.pass(step);
    EXPECT_EQ(syns_in(tally, kStart, clocks.now), 0U);
    count_syns(tally, clocks.now, kStart, 1);
    EXPECT_EQ(syns_in(tally, kStart, clocks.now), 1U);
  }
}

TEST(Tally, KeepsTheSecondsBeforeTheOneThatTheClockWasSetBackTo) {
  Tally tally;
  Clocks clocks;
  for (int second = 0; second <= 10; ++second, clocks.pass(1s))
    count_syns(tally, clocks.now, kStart + second, 7);
  clocks.set_by(-5s);
  EXPECT_EQ(syns_in(tally, kStart + 5, clocks.now), 0U);
  clocks.pass(2s);
  EXPECT_EQ(syns_in(tally, kStart + 7, clocks.now), 0U);
  EXPECT_EQ(cell(tally.totals(), Direction::kIn, Kind::kSyn), 77U);
}

TEST(Tally, GoesOnWhenTheClockWasSetForward) {
  Tally tally;
  Clocks clocks;
  count_syns(tally, clocks.now, kStart, 3);
  clocks.set_by(1h);
  count_syns(tally, clocks.now, kStart + 3600, 4);
  EXPECT_EQ(syns_in(tally, kStart + 3600, clocks.now), 4U);
  EXPECT_EQ(cell(tally.totals(), Direction::kIn, Kind::kSyn), 7U);
}

TEST(Tally, ShowsNoReaderTheCountOfAnotherSecond) {
  Tally tally;
  std::atomic<std::int64_t> now = kStart;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    // A second counts as many packets as its number says, one block each.
    for (std::int64_t second = kStart; second < kStart + 100'000; ++second) {
      now.store(second);
      count_syns(tally, {std::chrono::seconds(second), std::chrono::seconds(second)}, second,
                 static_cast<int>(second % 7 + 1));
    }
    done = true;
  });
  while (!done) {
    const std::int64_t second = now.load();
    const Moment moment{std::chrono::seconds(second), std::chrono::seconds(second)};
    const std::uint64_t seen = syns_in(tally, second, moment);
    EXPECT_TRUE(seen == 0 || seen == static_cast<std::uint64_t>(second % 7 + 1)) << seen;
  }
  writer.join();
}

}  // namespace
}  // namespace ringtail::tcpwatch
