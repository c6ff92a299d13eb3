#include "capture/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <vector>

#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "pcapfile/pcap_format.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kTurns = 5;

// Says that it takes a block each millisecond, for which a worker pauses eight, and notes how long
// it is left alone after each turn.
class PausedConsumer : public RingConsumer {
 public:
  explicit PausedConsumer(Turn outcome) : outcome_(outcome) {}

  void use_source(ring::RxRing& source, const pcapfile::RecordShape&, std::uint32_t) override {
    source_ = &source;
  }
  void release_source(std::uint64_t) override { source_ = nullptr; }
  [[nodiscard]] bool has_released() const override { return source_ == nullptr; }
  Turn turn(WorkerClock&) override {
    while (source_ != nullptr && source_->take()) {
    }
    turn_ended_ = Clock::now();
    return outcome_;
  }
  [[nodiscard]] std::uint64_t taken_blocks() const override {
    return static_cast<std::uint64_t>(Clock::now().time_since_epoch() / 2ms);
  }
  // Asked for when a pause has ended.
  [[nodiscard]] bool wants_turn() const override {
    pauses_.push_back(Clock::now() - turn_ended_);
    if (pauses_.size() == kTurns) paused_.set_value(pauses_);
    return true;
  }
  [[nodiscard]] Clock::duration longest_pause() const override { return 20ms; }
  void drain(std::uint64_t) override {}
  [[nodiscard]] bool drained() const override { return true; }

  std::future<std::vector<Clock::duration>> pauses() { return paused_.get_future(); }

 private:
  Turn outcome_;
  ring::RxRing* source_ = nullptr;
  Clock::time_point turn_ended_;
  mutable std::vector<Clock::duration> pauses_;
  mutable std::promise<std::vector<Clock::duration>> paused_;
};

// The shortest: this thread may get its CPU late.
RingConsumer::Clock::duration pause_after(RingConsumer::Turn outcome) {
  const support::VethLink link;
  ring::RxRing ring = tests::open_bound_ring(link.peer());
  ring.attach_filter(tests::kAcceptAll);
  support::FrameSocket socket(link.name());
  PausedConsumer consumer(outcome);
  auto pauses = consumer.pauses();
  Worker worker(0, 0);
  worker.add(consumer);
  worker.use_ring(consumer, ring, {}, pcapfile::kLinktypeEthernet);
  worker.start();
  while (pauses.wait_for(20ms) != std::future_status::ready)
    socket.send(std::vector<std::uint8_t>(100, 2));
  worker.stop();
  return std::ranges::min(pauses.get());
}

TEST(WorkerTest, LeavesItsRingsAloneForHalfAPauseWhereADiskIsBehind) {
  const auto pause = pause_after(RingConsumer::Turn::kIdle);
  EXPECT_GT(pause, 7ms);
  EXPECT_LT(pause, 11ms);
  const auto pause_behind = pause_after(RingConsumer::Turn::kWaiting);
  EXPECT_GT(pause_behind, 3ms);
  EXPECT_LT(pause_behind, 6ms) << "some of the writes are done by then";
}

}  // namespace
}  // namespace ringtail::capture
