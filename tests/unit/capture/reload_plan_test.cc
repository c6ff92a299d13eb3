#include "capture/reload_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if_arp.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ringtail::capture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

filter::Program program(std::uint32_t value) { return {{BPF_RET | BPF_K, 0, 0, value}}; }

InterfaceOptions interface(const std::string& name, std::uint32_t value = 1) {
  return {name, [value](int type) { return program(value + (type == ARPHRD_NONE ? 100 : 0)); }};
}

EngineOptions options() {
  CaptureOptions web{.name = "web",
                     .interfaces = {interface("eth0"), interface("eth1")},
                     .snaplen = 262144,
                     .cpus = {0, 1},
                     .any_cpus = true,
                     .blocks_per_ring = 32,
                     .max_file_bytes = 1U << 24};
  CaptureOptions mail = web;
  mail.name = "mail";
  mail.interfaces = {interface("eth0", 2)};
  return {.storage = {.directory = "/data",
                      .max_bytes = 1000,
                      .captures = {{.capture = "web", .limit_bytes = 500},
                                   {.capture = "mail", .limit_bytes = 500}}},
          .captures = {web, mail},
          .tcp_watch = {{interface("eth0"), {0, 1}}, {interface("eth1"), {0, 1}}}};
}

// What these options are when they are in force on Ethernet.
Running in_force(const EngineOptions& options) {
  Running running{.storage = options.storage,
                  .captures = {},
                  .tcp_watch = {},
                  .max_write_bytes_per_second = options.max_write_bytes_per_second};
  for (const CaptureOptions& capture : options.captures) {
    RunningCapture& one = running.captures.emplace_back();
    one.options = capture;
    for (const InterfaceOptions& its : capture.interfaces)
      one.interfaces.push_back({its.name, TypedFilter{ARPHRD_ETHER, its.filter_for(ARPHRD_ETHER)}});
  }
  for (const WatchOptions& watch : options.tcp_watch)
    running.tcp_watch.push_back(watch.interface.name);
  return running;
}

// By capture: for each interface whether it gets new rings.
std::map<std::string, std::vector<bool>> new_rings(const ReloadPlan& plan) {
  std::map<std::string, std::vector<bool>> rings;
  for (const PlannedCapture& capture : plan.captures) {
    for (const PlannedInterface& one : capture.interfaces)
      rings[capture.options.name].push_back(one.new_rings);
  }
  return rings;
}

ReloadPlan plan_after(const std::function<void(EngineOptions&)>& change) {
  EngineOptions wanted = options();
  change(wanted);
  return plan_reload(in_force(options()), std::move(wanted));
}

TEST(ReloadPlan, OfTheSameOptionsChangesNothing) {
  const ReloadPlan plan = plan_after([](EngineOptions&) {});
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_THAT(plan.refusals, IsEmpty());
  EXPECT_EQ(new_ring_bytes(plan), 0U);
}

TEST(ReloadPlan, KeepsTheRingsOfACaptureWhoseFilterIsAnother) {
  const ReloadPlan plan = plan_after(
      [](EngineOptions& wanted) { wanted.captures[0].interfaces[1] = interface("eth1", 7); });
  EXPECT_THAT(plan.changes, ElementsAre("capture web: another filter on eth1"));
  EXPECT_EQ(new_ring_bytes(plan), 0U);
  EXPECT_TRUE(plan.captures[0].interfaces[1].filter->is_same({ARPHRD_ETHER, program(7)}));
}

TEST(ReloadPlan, CompilesForTheLinkTypeThatTheRingsHave) {
  Running running = in_force(options());
  running.captures[1].interfaces[0].filter = TypedFilter{ARPHRD_NONE, program(102)};
  const ReloadPlan plan = plan_reload(running, options());
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_EQ(plan.captures[1].interfaces[0].filter->hardware_type, ARPHRD_NONE);
}

TEST(ReloadPlan, PlansNoFilterForRingsThatAreBeingReplaced) {
  Running running = in_force(options());
  running.captures[1].interfaces[0].filter.reset();
  const ReloadPlan plan = plan_reload(running, options());
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_FALSE(plan.captures[1].interfaces[0].filter);
}

TEST(ReloadPlan, AsksForOtherRingsWhereTheyCannotBeChanged) {
  const std::vector<std::function<void(CaptureOptions&)>> changes = {
      [](CaptureOptions& web) { web.snaplen = 96; },
      [](CaptureOptions& web) { web.promiscuous = false; },
      [](CaptureOptions& web) { web.clock = ring::Clock::kAdapter; },
      [](CaptureOptions& web) { web.precision = pcapfile::Precision::kMicro; },
      [](CaptureOptions& web) { web.format = pcapfile::Format::kPcapng; },
      [](CaptureOptions& web) { web.cpus = {0}; },
      [](CaptureOptions& web) { web.fanout = ring::FanoutMode::kCpu; },
      [](CaptureOptions& web) { web.blocks_per_ring = 64; },
  };
  for (const auto& change : changes) {
    const ReloadPlan plan = plan_after([&](EngineOptions& wanted) { change(wanted.captures[0]); });
    EXPECT_THAT(plan.changes, ElementsAre("capture web: other rings"));
    EXPECT_EQ(new_rings(plan)["web"], (std::vector{true, true}));
    EXPECT_EQ(new_rings(plan)["mail"], (std::vector{false}));
  }
}

TEST(ReloadPlan, OpensRingsForTheInterfacesThatAreNewAlone) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    wanted.captures[0].interfaces = {interface("eth2"), interface("eth1")};
  });
  EXPECT_THAT(plan.changes, ElementsAre("capture web: other interfaces"));
  EXPECT_EQ(new_rings(plan)["web"], (std::vector{true, false}));
  EXPECT_EQ(new_ring_bytes(plan), 2 * 32 * ring::kBlockSizeBytes);
}

TEST(ReloadPlan, KeepsTheCpusOfACaptureForWhichNobodyChoseThem) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    wanted.captures[0].cpus = {2, 3};
    wanted.captures[1].cpus = {2, 3};
    wanted.captures[1].any_cpus = false;
  });
  EXPECT_THAT(plan.changes, ElementsAre("capture mail: other rings"));
  EXPECT_EQ(plan.captures[0].options.cpus, (std::vector<unsigned>{0, 1}));
  EXPECT_EQ(plan.captures[1].options.cpus, (std::vector<unsigned>{2, 3}));
}

TEST(ReloadPlan, LeavesTheRingsAloneForWhatConcernsFilesAndLimits) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    wanted.captures[0].file_interval = std::chrono::minutes(1);
    wanted.captures[0].on_close = {"/bin/true"};
    wanted.captures[1].max_file_bytes = 1U << 22;
    wanted.captures[1].limit.packets = 10;
    wanted.storage.captures[1].max_files = 3;
    wanted.storage.max_bytes = 900;
    wanted.storage.min_free_percent = 7;
    wanted.max_write_bytes_per_second = 1;
  });
  EXPECT_THAT(plan.changes,
              ElementsAre("storage: max_size, min_free, max_write_rate",
                          "capture web: rotate, on_close", "capture mail: rotate, keep, limit"));
  EXPECT_EQ(new_ring_bytes(plan), 0U);
  EXPECT_FALSE(plan.captures[0].new_limit);
  EXPECT_TRUE(plan.captures[1].new_limit);
}

TEST(ReloadPlan, AddsAndRemovesCapturesByTheirNames) {
  const ReloadPlan plan =
      plan_after([](EngineOptions& wanted) { wanted.captures[0].name = "www"; });
  EXPECT_THAT(plan.changes, ElementsAre("capture web: is removed", "capture www: is added"));
  EXPECT_TRUE(plan.captures[0].is_new);
  EXPECT_EQ(new_rings(plan)["www"], (std::vector{true, true}));
}

TEST(ReloadPlan, DoesNotMindAnotherOrder) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    std::swap(wanted.captures[0], wanted.captures[1]);
    std::swap(wanted.captures[1].interfaces[0], wanted.captures[1].interfaces[1]);
  });
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_EQ(new_ring_bytes(plan), 0U);
}

TEST(ReloadPlan, RecordsACaptureThatHasReachedItsLimitAgainOnlyWithAnother) {
  Running running = in_force(options());
  running.captures[1].has_ended = true;
  EngineOptions wanted = options();
  wanted.captures[1].blocks_per_ring = 64;
  EXPECT_EQ(new_ring_bytes(plan_reload(running, wanted)), 0U);
  wanted.captures[1].limit.packets = 10;
  const ReloadPlan plan = plan_reload(running, wanted);
  EXPECT_THAT(plan.changes,
              ElementsAre("capture mail: other rings, limit, and it is recorded again"));
  EXPECT_EQ(new_rings(plan)["mail"], (std::vector{true}));
}

TEST(ReloadPlan, WatchesOtherInterfacesAndLeavesThoseAloneThatStayWhateverTheirCpus) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    wanted.tcp_watch = {{interface("eth2"), {0}}, {interface("eth1"), {3}}};
  });
  EXPECT_THAT(plan.changes, ElementsAre("tcp_watch: other interfaces"));
  EXPECT_THAT(plan.tcp_watch, ElementsAre("eth2", "eth1"));
  ASSERT_EQ(plan.new_watches.size(), 1U);
  EXPECT_EQ(plan.new_watches[0].interface.name, "eth2");
  EXPECT_GT(new_ring_bytes(plan), 0U);
}

TEST(ReloadPlan, RefusesWhatCannotChangeWhileRecordingAndNamesTheRemedy) {
  const ReloadPlan plan = plan_after([](EngineOptions& wanted) {
    wanted.storage.directory = "/elsewhere";
    wanted.storage.require_mount = true;
    wanted.storage.mode = store::ModeChoice::kBufferedOnly;
  });
  EXPECT_THAT(plan.refusals,
              ElementsAre("storage.directory cannot change while recording: restart instead",
                          "storage.require_mount cannot change while recording: restart instead",
                          "storage.io cannot change while recording: restart instead"));
}

}  // namespace
}  // namespace ringtail::capture
