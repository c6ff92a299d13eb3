#include "capture/recorder_counters.h"

#include <gtest/gtest.h>

#include <random>

#include "capture/recorder.h"
#include "pcapfile/pcap_format.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"

namespace ringtail::capture {
namespace {

class RecorderCountersTest : public testing::Test {
 protected:
  RecorderCountersTest() {
    recorder_.use_source(ring_, {.snaplen = 262144}, pcapfile::kLinktypeEthernet);
    recorder_.writer().connect(supply_);
    supply_.deliver_file(recorder_.writer());
  }
  void fill() { ASSERT_TRUE(ring_.fill(random_, 10, 1000)); }
  void turn() {
    (void)recorder_.turn(clock_);
    disk_.complete_all();
  }
  [[nodiscard]] std::uint32_t peak() const {
    return recorder_.counters().blocks_in_use.read(RecentPeak::Clock::now());
  }

  std::mt19937 random_{1};
  FakeRing ring_{8};
  store::FakeDisk disk_;
  store::FakeSupply supply_;
  WorkerClock clock_;
  Recorder<FakeRing, store::FakeSink> recorder_{store::FakeSink(disk_),
                                                {.max_file_bytes = 4U << 20}};
};

TEST_F(RecorderCountersTest, CountBlocksByWhyTheKernelRetiredThem) {
  fill();
  fill();
  ring_.last().retire_at_timeout();
  fill();
  for (int round = 0; round < 3; ++round) turn();
  EXPECT_EQ(recorder_.counters().full_blocks, 2U);
  EXPECT_EQ(recorder_.counters().timed_out_blocks, 1U);
}

TEST_F(RecorderCountersTest, RememberHowFullTheRingWasAfterItWasEmptied) {
  for (int block = 0; block < 5; ++block) fill();
  for (int round = 0; round < 6; ++round) turn();
  ASSERT_TRUE(ring_.all_returned());
  EXPECT_EQ(peak(), 5U);
}

TEST_F(RecorderCountersTest, CountABlockThatIsBeingWrittenAsInUse) {
  fill();
  (void)recorder_.turn(clock_);
  ASSERT_EQ(disk_.pending(), 1U);
  fill();
  (void)recorder_.turn(clock_);
  EXPECT_EQ(peak(), 2U);
}

}  // namespace
}  // namespace ringtail::capture
