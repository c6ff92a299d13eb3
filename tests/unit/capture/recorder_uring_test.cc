#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "capture/recorder.h"
#include "pcapfile/pcap_format.h"
#include "store/uring_sink.h"
#include "support/capture_file.h"
#include "support/temp_folder.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"
#include "unit/store/fake_uring.h"

// A recorder whose writes complete in any order and with anything that io_uring may say, into real
// files: what a write puts there is what its block holds when it completes.
namespace ringtail::capture {
namespace {

class RecorderByUring : public testing::TestWithParam<unsigned> {
 protected:
  using Sink = store::UringSink<ring::BlockLease, store::FakeUring>;

  RecorderByUring() {
    recorder_.use_source(ring_, {.snaplen = 262144}, pcapfile::kLinktypeEthernet);
    recorder_.writer().connect(supply_);
  }

  std::string path_of(std::size_t file) const {
    return (folder_.path() / std::to_string(file)).string();
  }
  void answer() {
    while (supply_.requested > 0) {
      supply_.deliver_file(recorder_.writer());
      store::OpenFile& file = *supply_.files.back();
      file.mode = store::WriteMode::kUring;
      file.fd = base::UniqueFd(
          ::open(path_of(supply_.files.size() - 1).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    }
    supply_.answer_growth(recorder_.writer());
  }
  // One of the writes in flight ends: mostly well.
  void complete_one(unsigned failures_in_100) {
    const std::size_t index = random_() % disk_.pending();
    const auto chance = static_cast<unsigned>(random_() % 100);
    if (chance < failures_in_100) return disk_.complete(index, 4096 * (random_() % 3), -EIO);
    if (chance < 30 && disk_.write(index).data.size() > 4096) return disk_.complete(index, 4096);
    if (chance < 40) return disk_.complete(index, 0, chance < 35 ? -EAGAIN : -ECANCELED);
    disk_.complete(index);
  }
  void record(unsigned failures_in_100) {
    answer();
    for (int step = 0; step < 200; ++step) {
      (void)ring_.fill(random_, 1 + static_cast<std::uint32_t>(random_() % 600), 1500);
      (void)recorder_.turn(clock_);
      for (std::size_t left = random_() % 4; left > 0 && disk_.pending() > 0; --left)
        complete_one(failures_in_100);
      if (random_() % 8 == 0) recorder_.flush();
      if (random_() % 4 == 0) answer();
    }
    recorder_.drain(ring_.accepted());
    for (int rounds = 0; !recorder_.drained(); ++rounds) {
      ASSERT_LT(rounds, 10'000) << "the drain does not end";
      (void)recorder_.turn(clock_);
      if (disk_.pending() > 0) complete_one(failures_in_100);
      answer();
    }
  }
  // In the finished files, each cut to what it was said to hold, in order of their begin.
  std::vector<std::uint64_t> numbers_on_disk() {
    std::vector<std::uint64_t> numbers;
    auto finished = supply_.finished;
    std::ranges::sort(finished, {}, &store::FakeSupply::Finished::start);
    for (const auto& [file, as, start] : finished) {
      if (as.size_bytes == 0) continue;
      EXPECT_EQ(::ftruncate(file->fd.get(), static_cast<off_t>(as.size_bytes)), 0);
      const auto index = std::ranges::find(supply_.files, file) - supply_.files.begin();
      support::CaptureFile content(path_of(static_cast<std::size_t>(index)));
      while (const auto record = content.next()) {
        std::memcpy(&numbers.emplace_back(), record->bytes.data(), sizeof numbers.back());
        for (std::size_t at = 8; at < record->bytes.size(); ++at)
          EXPECT_EQ(record->bytes[at], static_cast<std::uint8_t>(numbers.back())) << at;
      }
    }
    return numbers;
  }

  support::TempFolder folder_;
  std::mt19937 random_{GetParam()};
  FakeRing ring_{10};  // little more than what may be in flight: it wraps onto blocks that are
  store::FakeUring disk_;
  store::FakeSupply supply_;
  WorkerClock clock_;
  Recorder<FakeRing, Sink> recorder_{Sink(&disk_), {.max_file_bytes = 4U << 20}};
};

TEST_P(RecorderByUring, LosesNothingWhateverTheOrderOfItsWrites) {
  record(0);
  const auto numbers = numbers_on_disk();
  ASSERT_EQ(numbers.size(), ring_.accepted());
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
  EXPECT_TRUE(ring_.all_returned());
}

TEST_P(RecorderByUring, CountsExactlyWhatFailedWritesCost) {
  record(3);
  const auto numbers = numbers_on_disk();
  const RecorderCounters& counters = recorder_.counters();
  EXPECT_GT(counters.storage_error_packets, 0U);
  EXPECT_EQ(numbers.size(), counters.written_packets);
  EXPECT_EQ(counters.written_packets + counters.storage_error_packets, ring_.accepted());
  EXPECT_EQ(std::ranges::adjacent_find(numbers, std::greater_equal{}), numbers.end());
  EXPECT_TRUE(ring_.all_returned());
}

TEST_P(RecorderByUring, KeepsTheRingsMemoryUntilNoWriteFromThereIsInFlight) {
  answer();
  ASSERT_TRUE(ring_.fill(random_, 500, 1500));
  (void)recorder_.turn(clock_);
  ASSERT_EQ(disk_.pending(), 1U);
  ASSERT_TRUE(disk_.write(0).buffer_slot) << "the write is from memory that is registered";
  const bool for_good = GetParam() % 2 == 0;
  for_good ? recorder_.drain(ring_.accepted()) : recorder_.release_source(ring_.accepted());
  const auto is_through = [&] { return for_good ? recorder_.drained() : recorder_.has_released(); };
  for (const bool abandoned : {false, true}) {
    if (abandoned) recorder_.abandon();
    (void)recorder_.turn(clock_);
    EXPECT_FALSE(is_through());
    EXPECT_TRUE(disk_.has_memory());
    EXPECT_FALSE(ring_.all_returned());
  }
  while (disk_.pending() > 0) {
    disk_.complete(0);
    (void)recorder_.turn(clock_);
  }
  EXPECT_TRUE(is_through());
  EXPECT_FALSE(disk_.has_memory()) << "before anybody unmaps it";
  EXPECT_TRUE(ring_.all_returned());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecorderByUring, testing::Values(1U, 2U));

}  // namespace
}  // namespace ringtail::capture
