#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kernel/engine_fixture.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::VethLink;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Rejects everything.
InterfaceOptions nothing_on(const std::string& interface) {
  return {.name = interface, .filter_for = [](int) {
            return filter::Program{{BPF_RET | BPF_K, 0, 0, 0}};
          }};
}

// Those that are mapped.
std::size_t open_rings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t rings = 0;
  for (std::string line; std::getline(maps, line);)
    rings += line.ends_with(']') && line.find("socket:[") != std::string::npos ? 1U : 0U;
  return rings;
}

struct Counts {
  std::uint64_t received = 0;
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;
};

class EngineReloadTest : public EngineTest {
 protected:
  // Room for all that a slow machine lets through meanwhile.
  EngineReloadTest() { max_storage_bytes_ = 64 * 1024 * kMiB; }
  // In one file for each worker, however long.
  [[nodiscard]] CaptureOptions capture(const std::string& name,
                                       std::vector<unsigned> cpus = {0, 1}) const {
    CaptureOptions capture = capture_on(link_.peer(), name, std::move(cpus));
    capture.max_file_bytes = 8 * 1024 * kMiB;
    return capture;
  }
  Reload::Outcome reload(std::vector<CaptureOptions> captures,
                         std::vector<WatchOptions> watches = {}) {
    std::optional<Reload::Outcome> outcome;
    EngineOptions options = options_for(std::move(captures));
    options.tcp_watch = std::move(watches);
    engine_->reload(std::move(options), [&](const Reload::Outcome& how) { outcome = how; });
    run_until([&] { return outcome.has_value(); });
    return outcome.value_or(Reload::Outcome{});
  }
  // Until what was replaced or removed is on disk and its rings are given back.
  void settle(std::size_t rings) {
    run_until([&] { return open_rings() == rings; });
  }
  void expect_everything_is_accounted_for() {
    for (const auto& [name, sum] : counts())
      EXPECT_EQ(sum.received, sum.written + sum.dropped) << name;
  }
  void wait_for_more_packets(const Traffic& traffic) {
    const std::uint64_t sent = traffic.sent() + 2000;
    run_until([&] { return traffic.sent() > sent; });
  }
  [[nodiscard]] std::map<std::string, Counts> counts() const {
    std::map<std::string, Counts> sums;
    for (const RecorderSnapshot& recorder : engine_->snapshot().recorders) {
      Counts& sum = sums[recorder.capture];
      sum.received += recorder.received_packets;
      sum.written += recorder.written_packets;
      sum.dropped += dropped(recorder);
    }
    return sums;
  }
  [[nodiscard]] std::size_t files_of(const std::string& capture) const {
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "data" / capture))
      files += entry.path().extension() == ".pcap" ? 1U : 0U;
    return files;
  }

  VethLink link_;
};

TEST_F(EngineReloadTest, CapturesThatStayLoseNothingWhateverBecomesOfTheOthers) {
  start({capture("stays"), capture("filtered"), capture("ringed"), capture("goes")});
  Traffic traffic(link_.name());
  wait_for_more_packets(traffic);
  CaptureOptions filtered = capture("filtered");
  filtered.interfaces = {nothing_on(link_.peer())};
  CaptureOptions ringed = capture("ringed");
  ringed.blocks_per_ring = 16;
  const auto outcome = reload({capture("stays"), filtered, ringed, capture("comes")});
  EXPECT_THAT(outcome.errors, IsEmpty());
  EXPECT_THAT(outcome.changes,
              ElementsAre("capture goes: is removed", "capture filtered: another filter on veth1",
                          "capture ringed: other rings", "capture comes: is added"));
  wait_for_more_packets(traffic);
  settle(8);
  const std::uint64_t filtered_received = counts()["filtered"].received;
  wait_for_more_packets(traffic);
  EXPECT_EQ(counts()["filtered"].received, filtered_received);
  EXPECT_FALSE(counts().contains("goes"));
  const std::uint64_t sent = traffic.stop();
  drain();
  auto sums = counts();
  EXPECT_EQ(sums["stays"].received, sent);
  EXPECT_GE(sums["ringed"].received, sent) << "for a moment both rings may take a packet";
  EXPECT_LT(sums["comes"].received, sent);
  EXPECT_GT(sums["comes"].received, 0U);
  expect_everything_is_accounted_for();
  EXPECT_EQ(files_of("stays"), 2U) << "one for each worker, all the time";
  EXPECT_EQ(files_of("ringed"), 4U);
  EXPECT_THAT(reports(), Contains(HasSubstr("capture goes: is not recorded any more; received=")));
}

TEST_F(EngineReloadTest, CountersNeverGoBackWhileRingsAreReplaced) {
  start({capture("all")});
  Traffic traffic(link_.name());
  Counts before;
  for (int round = 0; round < 6; ++round) {
    CaptureOptions wanted = capture("all", round % 3 == 2 ? std::vector{1U} : std::vector{0U, 1U});
    wanted.blocks_per_ring = round % 2 == 0 ? 16 : 32;
    EXPECT_THAT(reload({wanted}).errors, IsEmpty());
    for (int look = 0; look < 20; ++look) {
      wait_for_more_packets(traffic);
      const Counts now = counts()["all"];
      EXPECT_GE(now.received, before.received);
      EXPECT_GE(now.written, before.written);
      EXPECT_GE(now.received, now.written + now.dropped);
      before = now;
    }
  }
  const std::uint64_t sent = traffic.stop();
  drain();
  const Counts all = counts()["all"];
  EXPECT_GE(all.received, sent);
  expect_everything_is_accounted_for();
  EXPECT_EQ(packets_on_disk(), all.written);
}

TEST_F(EngineReloadTest, WhatIsWrongChangesNothing) {
  start({capture("all")});
  Traffic traffic(link_.name());
  wait_for_more_packets(traffic);

  CaptureOptions broken = capture("broken");
  broken.interfaces[0].filter_for = [](int) -> filter::Program {
    throw std::runtime_error("no such filter");
  };
  CaptureOptions changed = capture("all");
  changed.interfaces = {nothing_on(link_.peer())};
  EXPECT_THAT(reload({changed, broken}).errors, ElementsAre("no such filter"));
  EXPECT_THAT(reload({broken}).errors, ElementsAre("no such filter"));

  std::ofstream(folder_.path() / "data" / "in_the_way") << "a file";
  EXPECT_THAT(reload({changed, capture("new"), capture("in_the_way")}).errors,
              ElementsAre(HasSubstr("making the folder")));
  EXPECT_FALSE(fs::exists(folder_.path() / "data" / "new"));

  CaptureOptions huge = capture("huge");
  huge.blocks_per_ring = 1U << 24;
  EXPECT_THAT(reload({changed, huge}).errors, ElementsAre(HasSubstr("lower ring.memory")));

  settle(2);
  const std::uint64_t sent = traffic.stop();
  drain();
  EXPECT_EQ(counts().size(), 1U);
  EXPECT_EQ(counts()["all"].received, sent);
  expect_everything_is_accounted_for();
  EXPECT_EQ(files_of("all"), 2U);
}

TEST_F(EngineReloadTest, AFilterThatTheKernelRefusesAtTheLastMomentIsTakenBackEverywhere) {
  start({capture("first"), capture("second")});
  CaptureOptions first = capture("first");
  first.interfaces = {nothing_on(link_.peer())};
  CaptureOptions second = capture("second");
  second.interfaces[0].filter_for = [](int) {
    return filter::Program{{BPF_LD | BPF_IMM, 0, 0, 0}};  // no return
  };
  EXPECT_THAT(reload({first, second}).errors, ElementsAre(HasSubstr("SO_ATTACH_FILTER")));
  send_all(link_.name(), 100, {.source_ports = 64});
  drain();
  for (const auto& [name, sum] : counts()) EXPECT_EQ(sum.written, 100U) << name;
}

TEST_F(EngineReloadTest, GivesTheRingsBackOfACaptureThatHasReachedItsLimit) {
  CaptureOptions limited = capture("limited");
  limited.limit.packets = 10;
  start({limited, capture("endless")});
  send_all(link_.name(), 100);
  settle(2);
  EXPECT_EQ(counts()["limited"].written, 10U);
  EXPECT_EQ(engine_->snapshot().recorders[0].condition.problem, "its limit is reached");
  drain();
}

TEST_F(EngineReloadTest, ACaptureThatHasEndedIsRecordedAgainWithAnotherLimit) {
  CaptureOptions limited = capture("limited");
  limited.limit.packets = 10;
  start({limited, capture("endless")});
  send_all(link_.name(), 100);
  settle(2);
  EXPECT_THAT(reload({limited, capture("endless")}).changes, IsEmpty());
  limited.limit.packets = 20;
  EXPECT_THAT(reload({limited, capture("endless")}).changes,
              ElementsAre("capture limited: limit, and it is recorded again"));
  EXPECT_TRUE(engine_->snapshot().recorders[0].recording());
  send_all(link_.name(), 100);
  settle(2);
  EXPECT_EQ(counts()["limited"].written, 30U);
  EXPECT_EQ(counts()["endless"].received, 200U);
  drain();
}

TEST_F(EngineReloadTest, ALimitThatIsSetWhileRecordingCountsFromThenOn) {
  start({capture("all")});
  send_all(link_.name(), 100, {.source_ports = 64});
  run_until([&] { return written_packets() == 100; });
  CaptureOptions limited = capture("all");
  limited.limit.packets = 50;
  EXPECT_THAT(reload({limited}).changes, ElementsAre("capture all: limit"));
  Traffic traffic(link_.name());
  run_until([&] { return all_ended_; });
  (void)traffic.stop();
  EXPECT_GE(written_packets(), 150U) << "and what came before the workers had it";
  EXPECT_GT(dropped(engine_->snapshot().recorders[0]) + dropped(engine_->snapshot().recorders[1]),
            0U);
  drain();
}

TEST_F(EngineReloadTest, TheTcpWatchComesAndGoesWithoutTheCapture) {
  start({capture("all")});
  const WatchOptions here{everything_on(link_.peer()), {0, 1}};
  const WatchOptions later{everything_on("later1"), {1}};
  EXPECT_THAT(reload({capture("all")}, {here}).changes, ElementsAre("tcp_watch: other interfaces"));
  EXPECT_EQ(open_rings(), 4U);
  ASSERT_EQ(engine_->snapshot().tcp_watch.size(), 1U);
  EXPECT_EQ(engine_->snapshot().tcp_watch[0].problem, "");
  Traffic traffic(link_.name());
  EXPECT_THAT(reload({capture("all")}, {later, here}).errors, IsEmpty());
  EXPECT_EQ(open_rings(), 5U);
  EXPECT_EQ(engine_->snapshot().tcp_watch[0].problem, "there is no such interface");
  EXPECT_EQ(engine_->snapshot().tcp_watch[1].problem, "");
  wait_for_more_packets(traffic);
  EXPECT_THAT(reload({capture("all")}).errors, IsEmpty());
  EXPECT_EQ(engine_->snapshot().tcp_watch.size(), 0U);
  settle(2);
  const std::uint64_t sent = traffic.stop();
  drain();
  EXPECT_EQ(counts()["all"].received, sent);
}

TEST_F(EngineReloadTest, RecordsAnInterfaceThatComesAfterTheReload) {
  start({capture("all")});
  EXPECT_THAT(reload({capture("all"), capture_on("later1", "later")}).errors, IsEmpty());
  EXPECT_THAT(reports(),
              Contains("later1: there is no such interface; recording begins when there is one"));
  const VethLink later("later0", "later1");
  run_until([&] {
    return std::ranges::all_of(engine_->snapshot().recorders, &RecorderSnapshot::recording);
  });
  send_all("later0", 100);
  drain();
  EXPECT_EQ(counts()["later"].written, 100U);
}

TEST_F(EngineReloadTest, TakesAFilterThatWasChangedAlongWhenTheInterfaceIsReplaced) {
  start({capture("all")});
  CaptureOptions filtered = capture("all");
  filtered.interfaces = {nothing_on(link_.peer())};
  EXPECT_THAT(reload({filtered}).errors, IsEmpty());
  link_.remove();
  run_until([&] { return !engine_->snapshot().recorders[0].recording(); });
  link_.create();
  run_until([&] { return engine_->snapshot().recorders[0].recording(); });
  send_all(link_.name(), 100);
  drain();
  EXPECT_EQ(counts()["all"].received, 0U);
}

TEST_F(EngineReloadTest, AStopDuringAReloadLeavesNothingUncounted) {
  start({capture("stays"), capture("ringed")});
  Traffic traffic(link_.name());
  wait_for_more_packets(traffic);
  CaptureOptions ringed = capture("ringed");
  for (const bool at_once : {false, true}) {
    ringed.blocks_per_ring = at_once ? 32 : 16;
    bool done = false;
    engine_->reload(options_for({capture("stays"), ringed, capture("comes")}),
                    [&done](const Reload::Outcome&) { done = true; });
    if (!at_once) run_until([&] { return done; });
  }
  drain();
  (void)traffic.stop();
  expect_everything_is_accounted_for();
}

TEST_F(EngineReloadTest, LeavesNothingBehindHoweverOftenItIsDone) {
  start({capture("stays"), capture("changes")});
  Traffic traffic(link_.name());
  // But those that the kernel makes for an io_uring, and ends when they are idle.
  const auto threads = [] {
    std::size_t count = 0;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm") >> std::ws, name);
      count += name.empty() || name.starts_with("iou-") ? 0U : 1U;
    }
    return count;
  };
  const auto threads_before = threads();
  for (int round = 0; round < 20; ++round) {
    CaptureOptions changes = capture("changes", {1});
    changes.blocks_per_ring = round % 2 == 0 ? 16 : 32;
    std::vector<CaptureOptions> wanted = {capture("stays"), changes};
    if (round % 2 == 0) wanted.push_back(capture("comes-and-goes", {0}));
    EXPECT_THAT(reload(wanted).errors, IsEmpty());
  }
  settle(3);
  run_until([&] { return threads() == threads_before; });  // those that close rings end, too
  const std::uint64_t sent = traffic.stop();
  drain();
  EXPECT_EQ(counts()["stays"].received, sent);
  EXPECT_GE(counts()["changes"].received, sent);
  expect_everything_is_accounted_for();
}

}  // namespace
}  // namespace ringtail::capture
