#include "capture/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "pcapfile/record_shape.h"
#include "unit/capture/recorder_bench.h"

namespace ringtail::capture {
namespace {

TEST(Recorder, WritesEveryPacketOfEveryBlockInOrder) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  bench.supply.deliver_file(bench.recorder.writer());
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(bench.ring.fill(random, 500, 1500));
    (void)bench.turn();
    bench.disk.complete_all();
    if (bench.supply.requested > 0) bench.supply.deliver_file(bench.recorder.writer());
    bench.supply.answer_growth(bench.recorder.writer());
  }
  bench.drain();
  const auto numbers = numbers_on_disk(bench);
  EXPECT_EQ(numbers.size(), bench.ring.accepted());
  EXPECT_TRUE(strictly_increasing(numbers));
  EXPECT_TRUE(bench.ring.all_returned());
  EXPECT_EQ(bench.recorder.counters().leased_packets, bench.ring.accepted());
}

TEST(Recorder, WritesRecordsOfTheShapeThatItIsGiven) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1, 4U << 20, {.precision = pcapfile::Precision::kMicro, .snaplen = 96});
  bench.supply.deliver_file(bench.recorder.writer());
  ASSERT_TRUE(bench.ring.fill(random, 50, 1500));
  bench.drain();
  EXPECT_EQ(numbers_on_disk(bench).size(), 50U);
}

TEST(Recorder, BeginsAFileWithTheFirstBlockBehindEachBoundary) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1, 4U << 20, {.snaplen = 262144}, std::chrono::seconds(100));
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(bench.ring.fill(random, 30, 100));
  bench.drain();
  EXPECT_EQ(numbers_on_disk(bench).size(), 240U);
  std::vector<store::PacketTime> starts;
  for (const auto& [file, start] : bench.supply.begun) starts.push_back(start);
  std::ranges::sort(starts);
  EXPECT_EQ(starts, (std::vector<store::PacketTime>{store::PacketTime(FakeRing::time_of(0)),
                                                    store::PacketTime(FakeRing::time_of(120)),
                                                    store::PacketTime(FakeRing::time_of(210))}));
}

TEST(Recorder, WantsATurnAtTheEndOfAnIntervalUnlessABlockIsInItsHand) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1, 4U << 20, {.snaplen = 262144}, std::chrono::seconds(100));
  EXPECT_FALSE(bench.recorder.turn_due());
  bench.supply.deliver_file(bench.recorder.writer());
  ASSERT_TRUE(bench.ring.fill(random, 100, 1500));
  (void)bench.turn();
  EXPECT_TRUE(bench.recorder.turn_due());
  ASSERT_TRUE(bench.ring.fill(random, 100, 1500));
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  EXPECT_FALSE(bench.recorder.turn_due()) << "a turn could do nothing, and the worker would spin";
}

TEST(Recorder, KeepsABlockInHandWhileItsFileIsLate) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  EXPECT_FALSE(bench.ring.all_returned());
  bench.supply.deliver_file(bench.recorder.writer());
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_TRUE(bench.ring.all_returned());
}

TEST(Recorder, CountsWhatItDiscardsUnderTheReasonOfTheStorage) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  bench.recorder.writer().file_refused(store::StorageProblem::kFull);
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  (void)bench.turn();
  bench.recorder.writer().file_refused(store::StorageProblem::kError);
  ASSERT_TRUE(bench.ring.fill(random, 7, 100));
  (void)bench.turn();
  EXPECT_EQ(bench.recorder.counters().storage_full_packets, 10U);
  EXPECT_EQ(bench.recorder.counters().storage_error_packets, 7U);
  EXPECT_EQ(bench.recorder.counters().state, RecorderState::kStorageError);
  EXPECT_TRUE(bench.ring.all_returned());
}

TEST(Recorder, CountsPacketsOfASpoiledBlockAsMalformedAndGoesOn) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  bench.supply.deliver_file(bench.recorder.writer());
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  bench.ring.last().header(4).tp_snaplen = 0xffffffff;
  (void)bench.turn();
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  bench.drain();
  EXPECT_EQ(bench.recorder.counters().malformed_packets, 6U);
  EXPECT_EQ(bench.recorder.counters().written_packets, 14U);
  EXPECT_EQ(numbers_on_disk(bench).size(), 14U);
}

TEST(Recorder, TakesABoundedNumberOfBlocksInATurn) {
  std::mt19937 random(1);
  RecorderBench bench(64, 1);
  bench.supply.deliver_file(bench.recorder.writer());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(bench.ring.fill(random, 1, 100));
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kMore);
  EXPECT_FALSE(bench.ring.all_returned());
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kMore);
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_TRUE(bench.ring.all_returned());
}

TEST(Recorder, IsDrainedOnlyWhenEverythingAcceptedIsInAFinishedFile) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  bench.supply.deliver_file(bench.recorder.writer());
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  bench.recorder.drain(bench.ring.accepted() + 5);
  (void)bench.turn();
  EXPECT_FALSE(bench.recorder.drained()) << "five are still in a block that has not been retired";
  ASSERT_TRUE(bench.ring.fill(random, 5, 100));
  (void)bench.turn();
  EXPECT_FALSE(bench.recorder.drained()) << "the last write is in flight";
  bench.disk.complete_all();
  (void)bench.turn();
  EXPECT_TRUE(bench.recorder.drained());
  EXPECT_EQ(numbers_on_disk(bench).size(), 15U);
}

TEST(Recorder, CountsWhatIsLeftAsLostWhenTimeIsUp) {
  std::mt19937 random(1);
  RecorderBench bench(8, 1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  bench.recorder.drain(bench.ring.accepted());
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  bench.recorder.abandon();
  (void)bench.turn();
  EXPECT_TRUE(bench.recorder.drained());
  EXPECT_EQ(bench.recorder.counters().storage_error_packets, 30U);
  EXPECT_TRUE(bench.ring.all_returned());
}

}  // namespace
}  // namespace ringtail::capture
