#include "daemon/stop_requests.h"

#include <gtest/gtest.h>

#include <csignal>

namespace ringtail::daemon {
namespace {

using Meaning = StopRequests::Meaning;

constexpr StopRequests::Clock::time_point kStart{std::chrono::hours(1)};
constexpr std::chrono::nanoseconds kInstant{1};

TEST(StopRequests, FirstSignalStopsWhicheverItIs) {
  for (const int signal : {SIGINT, SIGTERM}) {
    StopRequests requests;
    EXPECT_EQ(requests.take(signal, kStart), Meaning::kStop);
  }
}

TEST(StopRequests, SameSignalTwiceAtOnceIsOneRequest) {
  StopRequests requests;
  (void)requests.take(SIGTERM, kStart);
  EXPECT_EQ(requests.take(SIGTERM, kStart), Meaning::kRepetition);
  EXPECT_EQ(requests.take(SIGTERM, kStart + StopRequests::kSameRequest - kInstant),
            Meaning::kRepetition);
}

TEST(StopRequests, SameSignalLaterHurriesHoweverOftenItWasRepeated) {
  StopRequests requests;
  (void)requests.take(SIGINT, kStart);
  (void)requests.take(SIGINT, kStart + StopRequests::kSameRequest - kInstant);
  EXPECT_EQ(requests.take(SIGINT, kStart + StopRequests::kSameRequest), Meaning::kHurry);
}

TEST(StopRequests, AnotherSignalHurriesAtOnce) {
  StopRequests requests;
  (void)requests.take(SIGINT, kStart);
  EXPECT_EQ(requests.take(SIGTERM, kStart), Meaning::kHurry);
}

}  // namespace
}  // namespace ringtail::daemon
