#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <system_error>

#include "unit/capture/recorder_bench.h"

namespace ringtail::capture {
namespace {

using store::FakeDisk;

// Whatever the kernel, the disk and the disk thread do, and in whatever order: every file reads,
// nothing is on disk twice or out of order, and every packet is on disk or counted as lost.
class RecorderUnderFire : public testing::TestWithParam<unsigned> {};

TEST_P(RecorderUnderFire, AccountsForEveryPacket) {
  std::mt19937 random(GetParam());
  // Packets are a second apart.
  const std::chrono::seconds interval(random() % 2 == 0 ? 0 : 1 + random() % 2000);
  RecorderBench bench(4 + random() % 8, 1 + static_cast<std::uint32_t>(random() % 6), 2U << 20,
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
    RecorderBench bench(6, 3, 2U << 20);
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
