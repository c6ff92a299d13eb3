// Few blocks in a large ring, which wait for more.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <thread>

#include "unit/capture/recorder_bench.h"

namespace ringtail::capture {
namespace {

TEST(Recorder, LeavesBlocksInALargeRingUntilSeveralCanBeWrittenTogether) {
  std::mt19937 random(1);
  RecorderBench bench(32, 4);
  bench.supply.deliver_file(bench.recorder.writer());
  for (const std::uint64_t taken : {0U, 0U, 0U, 40U, 40U, 40U, 40U, 80U}) {
    ASSERT_TRUE(bench.ring.fill(random, 10, 1500));
    EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
    EXPECT_EQ(bench.recorder.counters().leased_packets, taken);
    bench.disk.complete_all();
  }
  bench.drain();
  EXPECT_EQ(numbers_on_disk(bench).size(), 80U);
}

// Has a file, and a ring whose next block a test fills with so many packets.
struct FilledBench : RecorderBench {
  FilledBench(std::size_t blocks, std::uint32_t depth, std::chrono::nanoseconds interval = {})
      : RecorderBench(blocks, depth, 4U << 20, {.snaplen = 262144}, interval) {
    supply.deliver_file(recorder.writer());
  }
  void fill(std::uint32_t packets) { EXPECT_TRUE(ring.fill(random, packets, 1500)); }
  [[nodiscard]] std::uint64_t taken() const { return recorder.counters().leased_packets; }

  std::mt19937 random{1};
};

// A ring of 64 blocks, of which eight are written together, and the disk takes as many.
struct LargeBench : FilledBench {
  LargeBench() : FilledBench(64, 8) {}
  void fill_blocks(int blocks) {
    for (int block = 0; block < blocks; ++block) fill(10);
  }
};

TEST(Recorder, LeavesTheFewBlocksBehindThoseInFlightForTheNextOnes) {
  LargeBench bench;
  bench.fill_blocks(10);
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_EQ(bench.taken(), 80U);
  EXPECT_FALSE(bench.recorder.wants_turn());
  EXPECT_TRUE(bench.recorder.turn_due()) << "the two do not wait for ever";
  bench.disk.complete_all();
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_EQ(bench.taken(), 80U);
  bench.fill_blocks(6);
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_EQ(bench.taken(), 160U);
  bench.drain();
  EXPECT_EQ(numbers_on_disk(bench).size(), 160U);
}

TEST(Recorder, WaitsForTheDiskWithABlockInItsHandWhereEnoughAreBehindThoseInFlight) {
  LargeBench bench;
  bench.fill_blocks(16);
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  EXPECT_EQ(bench.taken(), 90U);
  bench.disk.complete_all();
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_EQ(bench.taken(), 160U);
}

TEST(Recorder, LeavesNoBlockBehindThoseInFlightWhenItIsToHurry) {
  LargeBench bench;
  bench.fill_blocks(27);
  bench.recorder.hurry();
  for (const std::uint64_t taken : {90U, 170U, 250U}) {
    EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
    EXPECT_EQ(bench.taken(), taken);
    bench.disk.complete_all();
  }
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_EQ(bench.taken(), 270U);
  EXPECT_FALSE(bench.recorder.wants_turn()) << "it hurries no longer";
}

// Has left a block in its ring, which is large enough to let it wait.
struct WaitingBench : FilledBench {
  explicit WaitingBench(std::uint32_t packets = 10, std::chrono::nanoseconds interval = {})
      : FilledBench(32, 4, interval) {
    fill(packets);
    (void)turn();
    EXPECT_EQ(taken(), 0U);
  }
  void turn_when_due() {
    std::this_thread::sleep_until(recorder.turn_due().value());
    (void)turn();
  }
};

TEST(Recorder, WantsNoTurnWhileBlocksMayWait) {
  WaitingBench bench;
  EXPECT_FALSE(bench.recorder.wants_turn());
  bench.fill(10);
  bench.fill(10);
  EXPECT_FALSE(bench.recorder.wants_turn());
  bench.fill(10);
  EXPECT_TRUE(bench.recorder.wants_turn()) << "they can be written together";
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 40U);
  EXPECT_FALSE(bench.recorder.wants_turn()) << "there is none";
}

TEST(Recorder, WantsATurnForABlockThatIsAwaited) {
  WaitingBench hurried;
  hurried.recorder.hurry();
  EXPECT_TRUE(hurried.recorder.wants_turn());
  (void)hurried.turn();
  EXPECT_FALSE(hurried.recorder.wants_turn());

  WaitingBench released;
  released.recorder.release_source(10);
  EXPECT_TRUE(released.recorder.wants_turn());

  WaitingBench drained;
  drained.recorder.drain(10);
  EXPECT_TRUE(drained.recorder.wants_turn());
}

TEST(Recorder, WantsATurnForEachBlockOfASmallRing) {
  std::mt19937 random(1);
  RecorderBench bench(15, 4);
  EXPECT_FALSE(bench.recorder.wants_turn());
  EXPECT_TRUE(bench.ring.fill(random, 10, 1500));
  EXPECT_TRUE(bench.recorder.wants_turn());
}

TEST(Recorder, WantsATurnWhileABlockIsInItsHand) {
  std::mt19937 random(1);
  RecorderBench bench(32, 4);
  for (int block = 0; block < 4; ++block) EXPECT_TRUE(bench.ring.fill(random, 10, 1500));
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting) << "there is no file yet";
  EXPECT_TRUE(bench.recorder.wants_turn());
}

TEST(Recorder, TakesAFewBlocksWhenTheTurnIsDueThatItAsksFor) {
  WaitingBench bench;
  bench.turn_when_due();
  EXPECT_EQ(bench.taken(), 10U);
  EXPECT_EQ(bench.recorder.turn_due(), std::nullopt);
}

TEST(Recorder, TakesAFewBlocksAtOnceWhenItsRingIsReleased) {
  WaitingBench bench;
  bench.recorder.release_source(10);
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 10U);
}

TEST(Recorder, TakesAFewBlocksAtOnceWhenItIsDrained) {
  WaitingBench bench;
  bench.recorder.drain(10);
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 10U);
  EXPECT_EQ(bench.recorder.turn_due(), std::nullopt);
}

TEST(Recorder, TakesAFewBlocksAtOnceWhenItIsToHurryAndLeavesTheNext) {
  WaitingBench bench;
  bench.recorder.hurry();
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 10U);
  bench.fill(10);
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 10U);
}

// One of them may belong to the file that ends.
TEST(Recorder, TakesAFewBlocksAtOnceWhenTheFilesIntervalIsOver) {
  // Over a tenth of a second behind the first packet.
  WaitingBench bench(1, std::chrono::milliseconds(1100));
  bench.turn_when_due();
  ASSERT_EQ(bench.taken(), 1U);
  std::this_thread::sleep_until(bench.recorder.turn_due().value());
  bench.fill(1);
  (void)bench.turn();
  EXPECT_EQ(bench.taken(), 2U);
}

}  // namespace
}  // namespace ringtail::capture
