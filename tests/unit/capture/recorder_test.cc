#include "capture/recorder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "pcapfile/pcap_format.h"
#include "support/capture_file.h"
#include "support/temp_folder.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"

namespace ringtail::capture {
namespace {

using store::FakeDisk;
using store::FakeSink;
using store::FakeSupply;

using TestRecorder = Recorder<FakeRing, FakeSink>;

struct Bench {
  explicit Bench(std::size_t blocks, std::uint32_t depth, std::uint64_t max_file_bytes = 4U << 20,
                 const pcapfile::RecordShape& shape = {.snaplen = 262144},
                 std::chrono::nanoseconds interval = {})
      : ring(blocks), recorder(FakeSink(disk), {.interval = interval}) {
    disk.capacity = depth;
    supply.max_file_bytes = max_file_bytes;
    recorder.use_source(ring, shape, pcapfile::kLinktypeEthernet);
    recorder.writer().connect(supply);
  }
  TestRecorder::Turn turn() { return recorder.turn(clock); }
  [[nodiscard]] std::uint64_t accounted() const {
    const RecorderCounters& counters = recorder.counters();
    return counters.written_packets + counters.storage_full_packets +
           counters.storage_error_packets + counters.malformed_packets;
  }
  void drain() {
    recorder.drain(ring.accepted());
    for (int rounds = 0; !recorder.drained(); ++rounds) {
      ASSERT_LT(rounds, 10'000) << "the drain does not end";
      (void)turn();
      disk.complete_all();
      if (supply.requested > 0) supply.deliver_file(recorder.writer());
      supply.answer_growth(recorder.writer());
    }
  }

  FakeRing ring;
  FakeDisk disk;
  FakeSupply supply;
  WorkerClock clock;
  TestRecorder recorder;
};

// The numbers in all finished files, which must read strictly; checks each file's own count.
std::vector<std::uint64_t> numbers_on_disk(Bench& bench) {
  const support::TempFolder folder;
  std::vector<std::uint64_t> numbers;
  // A later file may be through before an earlier one.
  auto files = bench.supply.finished;
  std::ranges::sort(files, {}, &FakeSupply::Finished::start);
  for (const FakeSupply::Finished& finished : files) {
    if (finished.as.size_bytes == 0) {
      EXPECT_EQ(finished.as.packets, 0U);
      continue;
    }
    const auto image = bench.disk.contents(finished.file.get(), finished.as.size_bytes);
    const std::string path = folder.path() / "file.pcap";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    support::CaptureFile file(path);
    std::uint64_t packets = 0;
    while (const auto record = file.next()) {
      std::uint64_t number = 0;
      std::memcpy(&number, record->bytes.data(), sizeof number);
      for (std::size_t at = 8; at < record->bytes.size(); ++at) {
        EXPECT_EQ(record->bytes[at], static_cast<std::uint8_t>(number)) << "packet " << number;
      }
      const auto time = FakeRing::time_of(number);
      EXPECT_EQ(record->time_ns, time.count());
      if (packets == 0) {
        EXPECT_EQ(finished.start, store::PacketTime(time));
      }
      numbers.push_back(number);
      ++packets;
    }
    EXPECT_EQ(packets, finished.as.packets);
  }
  return numbers;
}

bool strictly_increasing(const std::vector<std::uint64_t>& numbers) {
  return std::ranges::adjacent_find(numbers, std::greater_equal{}) == numbers.end();
}

TEST(Recorder, WritesEveryPacketOfEveryBlockInOrder) {
  std::mt19937 random(1);
  Bench bench(8, 1);
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

TEST(Recorder, LeavesBlocksInALargeRingUntilSeveralCanBeWrittenTogether) {
  std::mt19937 random(1);
  Bench bench(32, 4);
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

// Has left a block in its ring, which is large enough to let it wait.
struct WaitingBench : Bench {
  explicit WaitingBench(std::uint32_t packets = 10, std::chrono::nanoseconds interval = {})
      : Bench(32, 4, 4U << 20, {.snaplen = 262144}, interval) {
    supply.deliver_file(recorder.writer());
    fill(packets);
    (void)turn();
    EXPECT_EQ(taken(), 0U);
  }
  void fill(std::uint32_t packets) { EXPECT_TRUE(ring.fill(random, packets, 1500)); }
  void turn_when_due() {
    std::this_thread::sleep_until(recorder.turn_due().value());
    (void)turn();
  }
  [[nodiscard]] std::uint64_t taken() const { return recorder.counters().leased_packets; }

  std::mt19937 random{1};
};

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

TEST(Recorder, WritesRecordsOfTheShapeThatItIsGiven) {
  std::mt19937 random(1);
  Bench bench(8, 1, 4U << 20, {.precision = pcapfile::Precision::kMicro, .snaplen = 96});
  bench.supply.deliver_file(bench.recorder.writer());
  ASSERT_TRUE(bench.ring.fill(random, 50, 1500));
  bench.drain();
  EXPECT_EQ(numbers_on_disk(bench).size(), 50U);
}

TEST(Recorder, BeginsAFileWithTheFirstBlockBehindEachBoundary) {
  std::mt19937 random(1);
  Bench bench(8, 1, 4U << 20, {.snaplen = 262144}, std::chrono::seconds(100));
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
  Bench bench(8, 1, 4U << 20, {.snaplen = 262144}, std::chrono::seconds(100));
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
  Bench bench(8, 1);
  ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  EXPECT_FALSE(bench.ring.all_returned());
  bench.supply.deliver_file(bench.recorder.writer());
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kIdle);
  EXPECT_TRUE(bench.ring.all_returned());
}

TEST(Recorder, CountsWhatItDiscardsUnderTheReasonOfTheStorage) {
  std::mt19937 random(1);
  Bench bench(8, 1);
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
  Bench bench(8, 1);
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
  Bench bench(64, 1);
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
  Bench bench(8, 1);
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
  Bench bench(8, 1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(bench.ring.fill(random, 10, 100));
  bench.recorder.drain(bench.ring.accepted());
  EXPECT_EQ(bench.turn(), TestRecorder::Turn::kWaiting);
  bench.recorder.abandon();
  (void)bench.turn();
  EXPECT_TRUE(bench.recorder.drained());
  EXPECT_EQ(bench.recorder.counters().storage_error_packets, 30U);
  EXPECT_TRUE(bench.ring.all_returned());
}

// Whatever the kernel, the disk and the disk thread do, and in whatever order: every file reads,
// nothing is on disk twice or out of order, and every packet is on disk or counted as lost.
class RecorderUnderFire : public testing::TestWithParam<unsigned> {};

void check_everything(Bench& bench) {
  const auto numbers = numbers_on_disk(bench);
  EXPECT_TRUE(strictly_increasing(numbers));
  EXPECT_EQ(numbers.size(), bench.recorder.counters().written_packets.load());
  EXPECT_EQ(bench.accounted(), bench.ring.accepted());
  EXPECT_TRUE(bench.ring.all_returned());
  std::uint64_t bytes = 0;
  for (const auto& finished : bench.supply.finished) bytes += finished.as.size_bytes;
  EXPECT_EQ(bytes, bench.recorder.counters().written_bytes.load());
}

TEST_P(RecorderUnderFire, AccountsForEveryPacket) {
  std::mt19937 random(GetParam());
  // Packets are a second apart.
  const std::chrono::seconds interval(random() % 2 == 0 ? 0 : 1 + random() % 2000);
  Bench bench(4 + random() % 8, 1 + static_cast<std::uint32_t>(random() % 6), 2U << 20,
              {.snaplen = 262144}, interval);
  bench.supply.first_grant_bytes = 2U << 20;
  const unsigned failing = random() % 3 == 0 ? 20 : 0;  // one write in so many
  bench.disk.outcome = [&random, failing](std::uint64_t) -> FakeDisk::Outcome {
    if (failing == 0 || random() % failing != 0) return {};
    return {std::make_error_code(random() % 2 != 0 ? std::errc::io_error
                                                   : std::errc::no_space_on_device),
            random() % 3 == 0 ? 0 : random() % 100'000};
  };
  std::uint64_t last_written = 0;
  for (int step = 0; step < 600; ++step) {
    switch (random() % 8) {
      case 0:
      case 1:
        (void)bench.ring.fill(random, static_cast<std::uint32_t>(random() % 900),
                              1 + random() % 3000);
        break;
      case 2:
        if (bench.disk.pending() > 0) bench.disk.complete(random() % bench.disk.pending());
        break;
      case 3:
        if (bench.supply.requested > 0) bench.supply.deliver_file(bench.recorder.writer());
        break;
      case 4:
        bench.supply.answer_growth(bench.recorder.writer(), random() % 10 == 0);
        break;
      case 5:
        if (bench.recorder.flush_due()) bench.recorder.flush();
        break;
      case 6:
        if (random() % 10 == 0 && bench.supply.requested > 0) {
          bench.recorder.writer().file_refused(store::StorageProblem::kFull);
        }
        break;
      default:
        (void)bench.turn();
    }
    EXPECT_GE(bench.recorder.counters().written_packets.load(), last_written)
        << "no counter goes back";
    last_written = bench.recorder.counters().written_packets.load();
    EXPECT_LE(bench.accounted(), bench.recorder.counters().leased_packets.load());
  }
  bench.drain();
  check_everything(bench);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecorderUnderFire, testing::Range(0U, 60U));

// The same traffic each time; the nth write fails: for every n.
TEST(Recorder, AccountsForEveryPacketWhicheverWriteFails) {
  for (std::uint64_t failing = 0;; ++failing) {
    SCOPED_TRACE(failing);
    std::mt19937 random(5);
    Bench bench(6, 3, 2U << 20);
    bench.disk.outcome = [failing](std::uint64_t n) -> FakeDisk::Outcome {
      if (n != failing) return {};
      return {std::make_error_code(std::errc::io_error), static_cast<std::size_t>(4096 * (n % 3))};
    };
    bench.supply.deliver_file(bench.recorder.writer());
    for (int i = 0; i < 12; ++i) {
      (void)bench.ring.fill(random, 400, 1500);
      (void)bench.turn();
      if (i % 2 == 0) bench.recorder.flush();
      while (bench.disk.pending() > 1) bench.disk.complete(bench.disk.pending() - 1);
      if (i % 3 == 0) bench.disk.complete_all();
      if (bench.supply.requested > 0) bench.supply.deliver_file(bench.recorder.writer());
      bench.supply.answer_growth(bench.recorder.writer());
    }
    bench.drain();
    check_everything(bench);
    if (HasFailure() || bench.disk.completed() <= failing) break;
    EXPECT_GT(bench.recorder.counters().storage_error_packets.load(), 0U);
  }
}

}  // namespace
}  // namespace ringtail::capture
