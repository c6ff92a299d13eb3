#include "metrics/health.h"

#include <gtest/gtest.h>

namespace ringtail::metrics {
namespace {

using capture::RecordingState;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::chrono::steady_clock::time_point kNow{seconds(1000)};

capture::WorkerSnapshot worker(unsigned number, std::chrono::steady_clock::duration silence) {
  return {.worker = number, .last_progress = kNow - silence};
}

capture::RecorderSnapshot recorder(capture::RecordingState state, std::string problem) {
  return {
      .capture = "web", .interface = "eth0", .worker = 2, .condition = {state, std::move(problem)}};
}

TEST(Health, IsGoodWithoutWorkers) { EXPECT_TRUE(health_of({}, kNow).ok); }

TEST(Health, IsGoodUpToTheBound) {
  const capture::Snapshot snapshot{.workers = {worker(0, seconds(0)), worker(1, seconds(10))}};
  const Verdict verdict = health_of(snapshot, kNow);
  EXPECT_TRUE(verdict.ok);
  EXPECT_EQ(verdict.text, "healthy\n");
}

TEST(Health, NamesTheWorkersThatAreStuckAndNoOther) {
  const capture::Snapshot snapshot{
      .workers = {worker(0, seconds(1)), worker(3, milliseconds(10001)), worker(5, seconds(75))}};
  const Verdict verdict = health_of(snapshot, kNow);
  EXPECT_FALSE(verdict.ok);
  EXPECT_EQ(verdict.text,
            "worker 3 has made no progress for 10 s\nworker 5 has made no progress for 75 s\n");
}

TEST(Health, TakesAnotherBound) {
  const capture::Snapshot snapshot{.workers = {worker(0, seconds(3))}};
  EXPECT_TRUE(health_of(snapshot, kNow, seconds(4)).ok);
  EXPECT_FALSE(health_of(snapshot, kNow, seconds(2)).ok);
}

TEST(Health, DoesNotMindProgressAfterTheClockWasRead) {
  const capture::Snapshot snapshot{.workers = {worker(0, seconds(-1))}};
  EXPECT_TRUE(health_of(snapshot, kNow).ok);
}

TEST(Health, DoesNotMindARecorderThatDoesNotRecord) {
  const capture::Snapshot snapshot{
      .recorders = {recorder(RecordingState::kStorageProblem, "disk is full")},
      .workers = {worker(0, seconds(0))}};
  EXPECT_TRUE(health_of(snapshot, kNow).ok);
}

TEST(Readiness, IsGivenWhenEveryRecorderRecords) {
  const capture::Snapshot snapshot{.recorders = {recorder(RecordingState::kRecording, ""),
                                                 recorder(RecordingState::kRecording, "")}};
  const Verdict verdict = readiness_of(snapshot);
  EXPECT_TRUE(verdict.ok);
  EXPECT_EQ(verdict.text, "ready\n");
}

TEST(Readiness, IsRefusedWithCaptureInterfaceAndProblem) {
  const capture::Snapshot snapshot{
      .recorders = {recorder(RecordingState::kRecording, ""),
                    recorder(RecordingState::kWaitingForInterface, "link is down")}};
  const Verdict verdict = readiness_of(snapshot);
  EXPECT_FALSE(verdict.ok);
  EXPECT_EQ(verdict.text, "capture web is not recording on eth0 (worker 2): link is down\n");
}

TEST(Readiness, IsRefusedWithTheInterfaceWhereTheTcpWatchDoesNotCount) {
  const capture::Snapshot snapshot{
      .recorders = {recorder(RecordingState::kRecording, "")},
      .tcp_watch = {{.interface = "eth0"}, {.interface = "eth1", .problem = "link is down"}}};
  const Verdict verdict = readiness_of(snapshot);
  EXPECT_FALSE(verdict.ok);
  EXPECT_EQ(verdict.text, "the TCP watch does not count on eth1: link is down\n");
}

TEST(Readiness, DoesNotMindAStuckWorker) {
  const capture::Snapshot snapshot{.workers = {worker(0, seconds(100))}};
  EXPECT_TRUE(readiness_of(snapshot).ok);
}

}  // namespace
}  // namespace ringtail::metrics
