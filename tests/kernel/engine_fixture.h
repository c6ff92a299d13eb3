#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "capture/engine.h"
#include "kernel/accept_all.h"
#include "support/capture_file.h"
#include "support/frame_sender.h"
#include "support/temp_folder.h"

namespace ringtail::capture {

namespace fs = std::filesystem;

using support::FrameSender;
using support::FrameShape;
using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1U << 20;

inline filter::Program accept_all() { return {tests::kAcceptAll.begin(), tests::kAcceptAll.end()}; }

inline InterfaceOptions everything_on(const std::string& interface) {
  return {.name = interface, .filter_for = [](int) { return accept_all(); }};
}

inline CaptureOptions capture_on(const std::string& interface, const std::string& name = "all",
                                 std::vector<unsigned> cpus = {0}) {
  return {.name = name,
          .interfaces = {everything_on(interface)},
          .snaplen = 262144,
          .cpus = std::move(cpus),
          .blocks_per_ring = 32,
          .max_file_bytes = 4 * kMiB};
}

// An engine with its control loop on the test's thread.
class EngineTest : public testing::Test {
 protected:
  [[nodiscard]] EngineOptions options_for(std::vector<CaptureOptions> captures) const {
    EngineOptions options;
    options.storage.directory = folder_.path() / "data";
    options.storage.max_bytes = max_storage_bytes_;
    for (const auto& capture : captures) {
      options.storage.captures.push_back({capture.name, max_storage_bytes_ / captures.size()});
    }
    options.captures = std::move(captures);
    options.max_write_bytes_per_second = max_write_bytes_per_second_;
    return options;
  }
  Engine& start(std::vector<CaptureOptions> captures, std::vector<WatchOptions> watches = {}) {
    EngineOptions options = options_for(std::move(captures));
    options.tcp_watch = std::move(watches);
    engine_.emplace(control_, std::move(options), [this](base::Severity, const std::string& text) {
      if (text.find("io_uring") != text.npos) return;  // what the host allows is not asked here
      const std::lock_guard lock(mutex_);
      text.starts_with("rings: ") ? void(opened_ = text) : reports_.push_back(text);
    });
    engine_->start([this] { all_ended_ = true; });
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
  [[nodiscard]] std::uint64_t written_packets() {
    std::uint64_t packets = 0;
    for (const RecorderSnapshot& recorder : engine_->snapshot().recorders)
      packets += recorder.written_packets;
    return packets;
  }
  std::vector<std::string> reports() {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

  std::uint64_t max_storage_bytes_ = 1000 * kMiB;  // before start(), as the next one
  std::uint64_t max_write_bytes_per_second_ = 0;
  support::TempFolder folder_;
  std::mutex mutex_;
  std::string opened_;                // what it says at start
  std::vector<std::string> reports_;  // what else
  boost::asio::io_context control_;
  std::optional<Engine> engine_;
  bool all_ended_ = false;
};

inline std::uint64_t dropped(const RecorderSnapshot& recorder) {
  std::uint64_t sum = 0;
  for (const std::uint64_t packets : recorder.dropped_packets) sum += packets;
  return sum;
}

inline void send_all(const std::string& interface, std::uint64_t count,
                     const FrameShape& shape = {}) {
  FrameSender(interface, shape).send_all(count);
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

}  // namespace ringtail::capture
