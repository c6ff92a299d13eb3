#include "capture/recent_peak.h"

#include <gtest/gtest.h>

namespace ringtail::capture {
namespace {

using namespace std::chrono_literals;

constexpr RecentPeak::Clock::time_point kNow{1000s};

TEST(RecentPeak, IsNothingBeforeAnythingWasNoted) { EXPECT_EQ(RecentPeak{}.read(kNow), 0U); }

TEST(RecentPeak, IsTheHighestOfASecondWhateverCameLast) {
  RecentPeak peak;
  for (const std::uint32_t value : {3U, 9U, 1U}) peak.note(value, kNow + value * 1ms);
  EXPECT_EQ(peak.read(kNow + 10ms), 9U);
}

TEST(RecentPeak, IsTheSameForTheSecondWhoReads) {
  RecentPeak peak;
  peak.note(5, kNow);
  EXPECT_EQ(peak.read(kNow), 5U);
  EXPECT_EQ(peak.read(kNow), 5U);
}

TEST(RecentPeak, IsForgottenAfterAMinute) {
  RecentPeak peak;
  peak.note(8, kNow);
  peak.note(2, kNow + 30s);
  EXPECT_EQ(peak.read(kNow + 59s), 8U);
  EXPECT_EQ(peak.read(kNow + 60s), 2U);
  EXPECT_EQ(peak.read(kNow + 90s), 0U);
}

TEST(RecentPeak, OfALaterSecondTakesThePlaceOfAnEarlierOne) {
  RecentPeak peak;
  for (std::uint32_t second = 0; second < 1000; ++second) {
    const auto now = kNow + second * 1s;
    peak.note(1000 - second, now);
    EXPECT_EQ(peak.read(now), second < 60 ? 1000 : 1000 - second + 59);
  }
}

}  // namespace
}  // namespace ringtail::capture
