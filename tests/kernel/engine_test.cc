#include "capture/engine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "filter/direction.h"
#include "kernel/engine_fixture.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::VethLink;

TEST_F(EngineTest, AfterADrainedStopUnderLoadEveryPacketIsOnDiskOrCounted) {
  const VethLink link;
  for (const std::vector<unsigned>& cpus :
       {std::vector<unsigned>{0}, std::vector<unsigned>{0, 1}}) {
    SCOPED_TRACE(cpus.size());
    Engine& engine = start({capture_on(link.peer(), "all", cpus)});
    Traffic traffic(link.name());
    run_until([&] { return traffic.sent() > 20'000; });
    drain();
    std::uint64_t written = 0;
    for (const RecorderSnapshot& recorder : engine.snapshot().recorders) {
      EXPECT_EQ(recorder.received_packets, recorder.written_packets + dropped(recorder));
      EXPECT_GT(recorder.received_packets, 0U);
      written += recorder.written_packets;
    }
    EXPECT_LE(written, traffic.stop());
    EXPECT_EQ(packets_on_disk(), written);
    engine_.reset();
    fs::remove_all(folder_.path() / "data");
  }
}

TEST_F(EngineTest, AtAnyMomentNoMoreIsAccountedForThanWasReceived) {
  const VethLink link;
  Engine& engine = start({capture_on(link.peer())});
  Traffic traffic(link.name());
  std::uint64_t last = 0;
  for (int look = 0; look < 200; ++look) {
    control_.run_one_for(5ms);
    control_.restart();
    const RecorderSnapshot recorder = engine.snapshot().recorders[0];
    EXPECT_GE(recorder.received_packets, recorder.written_packets + dropped(recorder));
    EXPECT_GE(recorder.written_packets, last);
    last = recorder.written_packets;
  }
  EXPECT_GT(last, 0U);
  (void)traffic.stop();
  drain();
}

TEST_F(EngineTest, TwoCapturesOfOneInterfaceEachRecordEverything) {
  const VethLink link;
  Engine& engine = start({capture_on(link.peer(), "a"), capture_on(link.peer(), "b")});
  send_all(link.name(), 1000);
  drain();
  for (const RecorderSnapshot& recorder : engine.snapshot().recorders) {
    EXPECT_EQ(recorder.written_packets, 1000U) << recorder.capture;
  }
}

TEST_F(EngineTest, RecordsEachPacketOfLoopbackOnce) {
  support::bring_loopback_up();
  CaptureOptions capture = capture_on("lo");
  capture.interfaces[0].filter_for = [](int) {
    return with_direction(accept_all(), filter::Direction::kBoth, filter::Loopback::kAll);
  };
  Engine& engine = start({capture});
  send_all("lo", 500);
  drain();
  EXPECT_EQ(engine.snapshot().recorders[0].written_packets, 500U);
}

// More rings than are opened and closed at a time, each with packets of its own.
TEST_F(EngineTest, RecordsInManyRings) {
  const VethLink link;
  std::vector<CaptureOptions> captures;
  for (int i = 0; i < 20; ++i) {
    captures.push_back(capture_on(link.peer(), "capture-" + std::to_string(i), {0, 1}));
    captures.back().blocks_per_ring = 8;
  }
  Engine& engine = start(captures);
  EXPECT_TRUE(opened_.starts_with("rings: 40, 320 MiB, opened in ")) << opened_;
  send_all(link.name(), 100, {.source_ports = 16});
  drain();
  std::map<std::string, std::uint64_t> written;
  for (const RecorderSnapshot& recorder : engine.snapshot().recorders)
    written[recorder.capture] += recorder.written_packets;
  EXPECT_EQ(written.size(), 20U);
  for (const auto& [capture, packets] : written) EXPECT_EQ(packets, 100U) << capture;
}

TEST_F(EngineTest, IsReadyForPacketsAgainWhenItsLinkComesBack) {
  VethLink link;
  Engine& engine = start({capture_on(link.peer())});
  link.bring_down();
  run_until([&] { return !engine.snapshot().recorders[0].recording(); });
  EXPECT_EQ(engine.snapshot().recorders[0].condition.problem, "the interface is down");
  link.bring_up();
  run_until([&] { return engine.snapshot().recorders[0].recording(); });
  support::FrameSocket(link.name()).send(std::vector<std::uint8_t>(60, 2));
  drain();
  EXPECT_EQ(engine.snapshot().recorders[0].written_packets, 1U);
  EXPECT_EQ(reports().size(), 2U) << "each change is reported once";
}

TEST_F(EngineTest, SaysThatItsInterfaceIsGoneAndDrainsAllTheSame) {
  VethLink link;
  Engine& engine = start({capture_on(link.peer())});
  support::FrameSocket(link.name()).send(std::vector<std::uint8_t>(60, 2));
  run_until([&] { return engine.snapshot().recorders[0].received_packets == 1; });
  link.remove();
  run_until([&] {
    return engine.snapshot().recorders[0].condition.problem == "there is no such interface";
  });
  drain();
  EXPECT_EQ(packets_on_disk(), 1U);
}

TEST_F(EngineTest, PutsALonelyPacketOnDiskWithinTheFlushTime) {
  const VethLink link;
  Engine& engine = start({capture_on(link.peer())});
  support::FrameSocket(link.name()).send(std::vector<std::uint8_t>(60, 2));
  const auto sent = std::chrono::steady_clock::now();
  run_until([&] { return engine.snapshot().recorders[0].written_packets == 1; });
  EXPECT_LT(std::chrono::steady_clock::now() - sent, 10s);
  drain();
}

TEST_F(EngineTest, RefusesRingsThatTakeMostOfTheMemoryAndShowsTheArithmetic) {
  const VethLink link;
  CaptureOptions greedy = capture_on(link.peer());
  greedy.blocks_per_ring = 1U << 30;
  try {
    start({greedy});
    FAIL() << "did not throw";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("MiB of memory that is available"), std::string::npos);
  }
}

}  // namespace
}  // namespace ringtail::capture
