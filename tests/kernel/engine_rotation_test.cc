#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernel/engine_fixture.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::VethLink;

class EngineRotationTest : public EngineTest {
 protected:
  Engine& start_with_interval(std::chrono::nanoseconds interval, std::vector<unsigned> cpus = {0}) {
    CaptureOptions capture = capture_on(link_.peer(), "all", std::move(cpus));
    capture.file_interval = interval;
    return start({capture});
  }
  [[nodiscard]] std::uint64_t rate_limited(std::size_t recorder) {
    return engine_->snapshot()
        .recorders[recorder]
        .dropped_packets[static_cast<std::size_t>(DropReason::kRateLimit)];
  }

  VethLink link_;
};

TEST_F(EngineRotationTest, ClosesTheFileOfASilentLinkAndMakesNoOther) {
  start_with_interval(1s);
  send_all(link_.name(), 10);
  run_until([&] { return engine_->storage().finished_files() == 1; });
  EXPECT_EQ(packets_on_disk(), 10U);
  EXPECT_EQ(written_packets(), 10U);
  send_all(link_.name(), 5);
  run_until([&] { return engine_->storage().finished_files() == 2; });
  drain();
  EXPECT_EQ(packets_on_disk(), 15U);
  EXPECT_EQ(engine_->storage().finished_files(), 2U);
}

TEST_F(EngineRotationTest, EachFileIsForOneIntervalAndNothingIsLostBetween) {
  start_with_interval(1s, {0, 1});
  std::uint64_t sent = 0;
  run_until([&] {
    send_all(link_.name(), 40, {.source_ports = 16});
    sent += 40;
    return engine_->storage().finished_files() >= 6;
  });
  drain();
  EXPECT_EQ(packets_on_disk(), sent);
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "data")) {
    if (entry.path().extension() != ".pcap") continue;
    support::CaptureFile file(entry.path());
    const auto first = file.next();
    ASSERT_TRUE(first);
    auto last = first;
    while (auto record = file.next()) last = record;
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t end = (first->time_ns / kSecond + 1) * kSecond;
    EXPECT_LT(last->time_ns, end + kSecond / 4) << "a block timeout, on a machine that is busy";
  }
}

TEST_F(EngineRotationTest, WhatComesFasterThanTheWriteRateOfAllCapturesIsCounted) {
  max_write_bytes_per_second_ = 1;
  start({capture_on(link_.peer(), "one"), capture_on(link_.peer(), "two")});
  Traffic traffic(link_.name());
  run_until([&] { return rate_limited(0) > 0 && rate_limited(1) > 0; });
  (void)traffic.stop();
  drain();
  for (const RecorderSnapshot& recorder : engine_->snapshot().recorders) {
    EXPECT_EQ(recorder.received_packets, recorder.written_packets + dropped(recorder));
    EXPECT_TRUE(recorder.condition.problem.empty()) << recorder.condition.problem;
  }
  EXPECT_GT(packets_on_disk(), 0U);
}

}  // namespace
}  // namespace ringtail::capture
