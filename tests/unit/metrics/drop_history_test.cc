#include "metrics/drop_history.h"

#include <gtest/gtest.h>

namespace ringtail::metrics {
namespace {

using capture::DropReason;

const DropHistory::Time kStart{std::chrono::hours(1)};

DropHistory::Time second(int number) { return kStart + std::chrono::seconds(number); }

capture::RecorderSnapshot recorder(unsigned worker, store::DropCounts dropped) {
  return {.capture = "web", .interface = "eth0", .worker = worker, .dropped_packets = dropped};
}

TEST(DropHistory, KnowsNoRiseWhereNothingWasLost) {
  DropHistory drops;
  drops.observe({.recorders = {recorder(0, {})}}, second(0));
  for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason)
    EXPECT_EQ(drops.last_rise(static_cast<DropReason>(reason)), std::nullopt);
}

TEST(DropHistory, TellsTheLastRiseOfEachReasonByItself) {
  DropHistory drops;
  drops.observe({.recorders = {recorder(0, {1, 0, 0, 0, 0, 0})}}, second(0));
  drops.observe({.recorders = {recorder(0, {1, 0, 0, 0, 0, 2})}}, second(1));
  drops.observe({.recorders = {recorder(0, {1, 0, 0, 0, 0, 2})}}, second(2));
  EXPECT_EQ(drops.last_rise(DropReason::kRingFull), second(0));
  EXPECT_EQ(drops.last_rise(DropReason::kMalformed), second(1));
  EXPECT_EQ(drops.last_rise(DropReason::kStorageFull), std::nullopt);
}

TEST(DropHistory, SeesARiseBehindARecorderThatIsGone) {
  DropHistory drops;
  drops.observe({.recorders = {recorder(0, {100}), recorder(1, {5})}}, second(0));
  drops.observe({.recorders = {recorder(1, {6})}}, second(1));
  EXPECT_EQ(drops.last_rise(DropReason::kRingFull), second(1));
}

TEST(DropHistory, TakesNoRecorderThatIsGoneForARise) {
  DropHistory drops;
  drops.observe({.recorders = {recorder(0, {100}), recorder(1, {5})}}, second(0));
  drops.observe({.recorders = {recorder(1, {5})}}, second(1));
  EXPECT_EQ(drops.last_rise(DropReason::kRingFull), second(0));
}

TEST(DropHistory, SeesTheLossesOfARecorderThatCountsAnew) {
  DropHistory drops;
  drops.observe({.recorders = {recorder(0, {100})}}, second(0));
  drops.observe({.recorders = {recorder(0, {0})}}, second(1));
  drops.observe({.recorders = {recorder(0, {1})}}, second(2));
  EXPECT_EQ(drops.last_rise(DropReason::kRingFull), second(2));
}

}  // namespace
}  // namespace ringtail::metrics
