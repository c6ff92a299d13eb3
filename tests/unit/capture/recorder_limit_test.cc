#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "capture/recorder.h"
#include "pcapfile/pcap_format.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"

namespace ringtail::capture {
namespace {

constexpr pcapfile::RecordShape kShape{.snaplen = 262144};

// A recorder on a disk that writes at once, with a limit and a write rate that it may share.
struct LimitBench {
  // The limit is the test's.
  explicit LimitBench(Limit& limit, WriteRate* write_rate = nullptr, std::size_t blocks = 8)
      : ring(blocks),
        recorder(store::FakeSink(disk), {}, std::shared_ptr<Limit>(&limit, [](Limit*) {}),
                 write_rate) {
    recorder.use_source(ring, kShape, pcapfile::kLinktypeEthernet);
    recorder.writer().connect(supply);
    supply.deliver_file(recorder.writer());
  }
  void record(std::uint32_t packets) {
    std::mt19937 random(1);
    ASSERT_TRUE(ring.fill(random, packets, 1500));
    (void)recorder.turn(clock);
    disk.complete_all();
  }
  void drain() {
    recorder.drain(ring.accepted());
    for (int rounds = 0; !recorder.drained() && rounds < 100; ++rounds) {
      (void)recorder.turn(clock);
      disk.complete_all();
    }
    ASSERT_TRUE(recorder.drained());
  }
  [[nodiscard]] std::uint64_t written() const { return recorder.counters().written_packets; }
  [[nodiscard]] std::uint64_t limit_reached() const {
    return recorder.counters().limit_reached_packets;
  }

  FakeRing ring;
  store::FakeDisk disk;
  store::FakeSupply supply;
  WorkerClock clock;
  Recorder<FakeRing, store::FakeSink> recorder;
};

TEST(RecorderWithLimit, CountsWhatComesBehindTheLimitAndGivesTheBlocksBack) {
  bool reached = false;
  Limit limit({.packets = 150}, [&reached] { reached = true; });
  LimitBench bench(limit);
  bench.record(100);
  EXPECT_FALSE(reached);
  bench.record(100);
  EXPECT_TRUE(reached);
  bench.record(100);
  bench.drain();
  EXPECT_EQ(bench.written(), 150U);
  EXPECT_EQ(bench.limit_reached(), 150U);
  EXPECT_TRUE(bench.ring.all_returned());
}

// Its duration may be over before more of them come.
TEST(RecorderWithLimit, TakesEachBlockAtOnceAlsoFromALargeRing) {
  Limit limit({.packets = 150}, [] {});
  LimitBench bench(limit, nullptr, 32);
  bench.record(100);
  EXPECT_EQ(bench.recorder.counters().leased_packets, 100U);
  bench.record(100);
  bench.drain();
  EXPECT_EQ(bench.written(), 150U);
}

TEST(RecorderWithLimit, SharesItWithTheCapturesOtherRecorders) {
  Limit limit({.packets = 150}, [] {});
  LimitBench first(limit);
  LimitBench second(limit);
  first.record(100);
  second.record(100);
  first.drain();
  second.drain();
  EXPECT_EQ(first.written(), 100U);
  EXPECT_EQ(second.written(), 50U);
  EXPECT_EQ(second.limit_reached(), 50U);
}

TEST(RecorderWithLimit, EndsWithWhicheverLimitComesFirst) {
  for (const std::uint64_t packets : {10U, 90U}) {
    Limit limit({.packets = packets, .bytes = 20'000}, [] {});
    LimitBench bench(limit);
    bench.record(100);
    bench.drain();
    EXPECT_TRUE(limit.reached());
    EXPECT_EQ(bench.written() + bench.limit_reached(), 100U);
    EXPECT_LE(bench.written(), packets);
    EXPECT_LE(bench.recorder.counters().written_bytes, 20'000U + pcapfile::kFileHeaderBytes);
    EXPECT_EQ(bench.written() == packets, packets == 10U);
  }
}

TEST(Recorder, DiscardsWholeBlocksBeyondTheWriteRateOfAll) {
  Limit none({}, [] {});
  WriteRate rate(1);  // hours pass before a second block goes in
  LimitBench bench(none, &rate);
  LimitBench other(none, &rate);
  bench.record(100);
  bench.record(50);
  other.record(7);
  bench.drain();
  other.drain();
  EXPECT_EQ(bench.written(), 100U);
  EXPECT_EQ(bench.recorder.counters().rate_limit_packets, 50U);
  EXPECT_EQ(other.written(), 0U);
  EXPECT_EQ(other.recorder.counters().rate_limit_packets, 7U);
  EXPECT_EQ(bench.recorder.counters().state, RecorderState::kRecording);
  EXPECT_TRUE(bench.ring.all_returned());
}

}  // namespace
}  // namespace ringtail::capture
