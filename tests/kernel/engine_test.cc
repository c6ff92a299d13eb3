#include "capture/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kernel/accept_all.h"
#include "support/capture_file.h"
#include "support/frame_sender.h"
#include "support/frame_socket.h"
#include "support/temp_folder.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

namespace fs = std::filesystem;

using support::FrameSender;
using support::FrameShape;
using support::VethLink;
using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1U << 20;

CaptureOptions capture_on(const std::string& interface, const std::string& name = "all",
                          std::vector<unsigned> cpus = {0}) {
  return {.name = name,
          .interface = interface,
          .filter = {tests::kAcceptAll.begin(), tests::kAcceptAll.end()},
          .snaplen = 262144,
          .cpus = std::move(cpus),
          .blocks_per_ring = 32,
          .max_file_bytes = 4 * kMiB};
}

// An engine with its control loop on the test's thread.
class EngineTest : public testing::Test {
 protected:
  Engine& start(std::vector<CaptureOptions> captures) {
    EngineOptions options;
    options.storage.directory = folder_.path() / "data";
    options.storage.max_bytes = 1000 * kMiB;
    for (const auto& capture : captures) {
      options.storage.captures.push_back({capture.name, 1000 * kMiB / captures.size()});
    }
    options.captures = std::move(captures);
    engine_.emplace(control_, std::move(options), [this](base::Severity, const std::string& text) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(text);
    });
    engine_->start();
    return *engine_;
  }
  void run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      control_.run_one_for(20ms);
      control_.restart();
    }
  }
  void drain() {
    bool done = false;
    Engine::Drain result{};
    engine_->drain([&](Engine::Drain how) {
      done = true;
      result = how;
    });
    run_until([&] { return done; });
    EXPECT_EQ(result, Engine::Drain::kComplete);
  }
  [[nodiscard]] std::uint64_t packets_on_disk() const {
    std::uint64_t packets = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "data")) {
      if (entry.path().extension() != ".pcap") continue;
      support::CaptureFile file(entry.path());
      while (file.next()) ++packets;
    }
    return packets;
  }
  std::vector<std::string> reports() {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

  support::TempFolder folder_;
  std::mutex mutex_;
  std::vector<std::string> reports_;
  boost::asio::io_context control_;
  std::optional<Engine> engine_;
};

std::uint64_t dropped(const RecorderSnapshot& recorder) {
  std::uint64_t sum = 0;
  for (const std::uint64_t packets : recorder.dropped_packets) sum += packets;
  return sum;
}

// Frames on the link until told to stop.
class Traffic {
 public:
  explicit Traffic(const std::string& interface,
                   FrameShape shape = {.largest = 1514, .source_ports = 64})
      : thread_([this, interface, shape] {
          FrameSender sender(interface, shape);
          while (!stop_) sent_ += sender.send(sent_, 64);
        }) {}
  ~Traffic() { (void)stop(); }
  std::uint64_t stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return sent_;
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::thread thread_;
};

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
  FrameSender sender(link.name(), {});
  for (std::uint64_t sent = 0; sent < 1000;) sent += sender.send(sent, 1000 - sent);
  drain();
  for (const RecorderSnapshot& recorder : engine.snapshot().recorders) {
    EXPECT_EQ(recorder.written_packets, 1000U) << recorder.capture;
  }
}

TEST_F(EngineTest, RecordsEachPacketOfLoopbackOnce) {
  support::bring_loopback_up();
  Engine& engine = start({capture_on("lo")});
  FrameSender sender("lo", {});
  for (std::uint64_t sent = 0; sent < 500;) sent += sender.send(sent, 500 - sent);
  drain();
  EXPECT_EQ(engine.snapshot().recorders[0].written_packets, 500U);
}

TEST_F(EngineTest, IsReadyForPacketsAgainWhenItsLinkComesBack) {
  VethLink link;
  Engine& engine = start({capture_on(link.peer())});
  link.bring_down();
  run_until([&] { return !engine.snapshot().recorders[0].recording; });
  EXPECT_EQ(engine.snapshot().recorders[0].problem, "the interface is down");
  link.bring_up();
  run_until([&] { return engine.snapshot().recorders[0].recording; });
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
  run_until([&] { return engine.snapshot().recorders[0].problem == "the interface is gone"; });
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
