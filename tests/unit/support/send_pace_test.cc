#include "support/send_pace.h"

#include <gtest/gtest.h>

namespace ringtail::support {
namespace {

using std::chrono::milliseconds;

TEST(SendPace, SpreadsPacketsEvenlyFromTheStart) {
  const SendPace::Clock::time_point start{};
  const SendPace pace(1000, start);
  EXPECT_EQ(pace.due(start), 1U);
  EXPECT_EQ(pace.due(start + milliseconds(10)), 11U);
  EXPECT_EQ(pace.due_at(10), start + milliseconds(10));
}

TEST(SendPace, AtFullSpeedHasEverythingDue) {
  const SendPace::Clock::time_point start{};
  EXPECT_EQ(SendPace(0, start).due(start), UINT64_MAX);
}

}  // namespace
}  // namespace ringtail::support
