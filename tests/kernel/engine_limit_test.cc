#include <gtest/gtest.h>

#include <vector>

#include "kernel/engine_fixture.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::VethLink;

constexpr std::uint64_t kRecordBytes = 16 + support::kSmallestFrame;

class EngineLimitTest : public EngineTest {
 protected:
  Engine& start_limited(const LimitOptions& limit, std::vector<unsigned> cpus = {0, 1}) {
    CaptureOptions capture = capture_on(link_.peer(), "limited", std::move(cpus));
    capture.limit = limit;
    return start({capture});
  }
  void expect_everything_is_accounted_for() {
    for (const RecorderSnapshot& recorder : engine_->snapshot().recorders) {
      EXPECT_EQ(recorder.received_packets, recorder.written_packets + dropped(recorder));
      EXPECT_EQ(recorder.condition.problem, "its limit is reached");
    }
  }

  VethLink link_;
};

TEST_F(EngineLimitTest, RecordsExactlySoManyPacketsWhateverTheNumberOfWorkers) {
  for (const std::vector<unsigned>& cpus :
       {std::vector<unsigned>{0}, std::vector<unsigned>{0, 1}}) {
    start_limited({.packets = 10'007}, cpus);
    Traffic traffic(link_.name());
    run_until([&] { return all_ended_; });
    (void)traffic.stop();
    EXPECT_EQ(written_packets(), 10'007U);
    expect_everything_is_accounted_for();
    drain();
    EXPECT_EQ(packets_on_disk(), 10'007U);
    engine_.reset();
    all_ended_ = false;
    fs::remove_all(folder_.path() / "data");
  }
}

TEST_F(EngineLimitTest, EndsWithThePacketThatReachesTheLimitNotWithTheNextOne) {
  start_limited({.packets = 3}, {0});
  send_all(link_.name(), 3);
  run_until([&] { return all_ended_; });
  expect_everything_is_accounted_for();
  drain();
  EXPECT_EQ(packets_on_disk(), 3U);
}

TEST_F(EngineLimitTest, RecordsWholePacketsUpToSoManyBytes) {
  start_limited({.bytes = 100 * kRecordBytes + kRecordBytes / 2}, {0});
  send_all(link_.name(), 500);
  run_until([&] { return all_ended_; });
  EXPECT_EQ(engine_->snapshot()
                .recorders[0]
                .dropped_packets[static_cast<std::size_t>(DropReason::kLimitReached)],
            400U);
  expect_everything_is_accounted_for();
  drain();
  EXPECT_EQ(packets_on_disk(), 100U);
}

TEST_F(EngineLimitTest, EndsAfterItsDurationOnASilentLinkToo) {
  start_limited({.duration = 50ms});
  run_until([&] { return all_ended_; });
  EXPECT_EQ(packets_on_disk(), 0U);
  EXPECT_EQ(reports(), std::vector<std::string>{"capture limited: its limit is reached"});
  drain();
}

TEST_F(EngineLimitTest, AStopBeforeItsDurationLeavesNothingToWaitFor) {
  start_limited({.duration = 1h});
  drain();
  control_.restart();
  control_.run_for(30s);
  EXPECT_TRUE(control_.stopped());
}

TEST_F(EngineLimitTest, LeavesTheOtherCapturesRecording) {
  CaptureOptions limited = capture_on(link_.peer(), "limited");
  limited.limit.packets = 10;
  start({limited, capture_on(link_.peer(), "endless")});
  send_all(link_.name(), 100);
  run_until([&] { return !engine_->snapshot().recorders[0].recording(); });
  EXPECT_FALSE(all_ended_);
  send_all(link_.name(), 100);
  drain();
  const Snapshot snapshot = engine_->snapshot();
  EXPECT_EQ(snapshot.recorders[0].written_packets, 10U);
  EXPECT_EQ(snapshot.recorders[1].written_packets, 200U);
  EXPECT_EQ(dropped(snapshot.recorders[1]), 0U);
}

TEST_F(EngineLimitTest, AStopWhileACaptureEndsWaitsForBoth) {
  start_limited({.packets = 1000});
  Traffic traffic(link_.name());
  run_until([&] { return !engine_->snapshot().recorders[0].recording(); });
  drain();
  (void)traffic.stop();
  EXPECT_EQ(packets_on_disk(), 1000U);
  expect_everything_is_accounted_for();
}

}  // namespace
}  // namespace ringtail::capture
