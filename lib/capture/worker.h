#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "capture/block_consumer.h"
#include "capture/recorder.h"
#include "capture/worker_clock.h"
#include "ring/ready_set.h"
#include "ring/rx_ring.h"
#include "store/measured_sink.h"
#include "store/uring.h"
#include "store/uring_sink.h"

namespace ringtail::capture {

using RingConsumer = BlockConsumer<ring::RxRing>;
using RingSink = store::MeasuredSink<store::UringSink<ring::BlockLease>>;
using RingRecorder = Recorder<ring::RxRing, RingSink>;

// One thread of the data plane, pinned to one CPU: an event loop that sleeps until the kernel
// retires a block of one of its rings or has completed a write, then gives each of its consumers a
// turn.
//
// Consumers are added by the control thread before start(); from then on everything it owns belongs
// to its thread, except what is said to be read by others. The control thread calls the rest, at
// any time: use_ring(), release_ring() and drain() post, abandon() sets flags and posts.
class Worker {
 public:
  Worker(unsigned number, unsigned cpu);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Before start(): its recorders may write by io_uring. Throws what Uring does.
  void open_uring(std::function<void(const std::string&)> report);
  [[nodiscard]] store::Uring* uring() { return uring_ ? &*uring_ : nullptr; }
  // Before start().
  template <std::derived_from<RingConsumer> Consumer>
  Consumer& add(std::unique_ptr<Consumer> consumer) {
    Consumer& added = *consumer;
    consumers_.push_back(std::move(consumer));
    return added;
  }
  // Throws std::system_error if the thread cannot be pinned.
  void start();

  // The consumer, which has no ring, takes blocks from this one, in records of that shape. Throws
  // std::system_error.
  void use_ring(RingConsumer& consumer, ring::RxRing& ring, const pcapfile::RecordShape& shape,
                std::uint32_t linktype);
  // The consumer takes what is left of `accepted_packets` and lets go of its ring; `released` is
  // called on the worker's thread when the ring may be closed.
  void release_ring(RingConsumer& consumer, std::uint64_t accepted_packets,
                    std::function<void()> released);
  // The consumer takes what is left of `accepted_packets`; `drained` is called on the worker's
  // thread when it has drained.
  void drain(RingConsumer& consumer, std::uint64_t accepted_packets, std::function<void()> drained);
  void abandon();
  // Ends the thread; blocks until it has, and all its writes with it. What is not drained by then
  // is not written.
  void stop();

  // Another turn, for whoever has changed something: on the worker's thread.
  void turn();

  [[nodiscard]] unsigned number() const { return number_; }
  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
  [[nodiscard]] WorkerClock::Reading read_clock() { return clock_.read(); }

 private:
  void run();
  void wait_for_blocks();
  void arm_timer();
  void timer_expired();
  void tell_awaited();

  // What somebody waits for a consumer to have done.
  struct Awaited {
    RingConsumer* consumer = nullptr;
    bool (RingConsumer::*is_done)() const = nullptr;
    std::function<void()> done;
  };

  unsigned number_;
  unsigned cpu_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  ring::ReadySet ready_set_;
  boost::asio::posix::stream_descriptor ready_;  // borrows the descriptor of ready_set_
  boost::asio::steady_timer timer_;
  std::optional<RingConsumer::Clock::time_point> timer_due_;  // while it is armed
  bool turn_posted_ = false;
  std::vector<Awaited> awaited_;
  std::optional<store::Uring> uring_;  // outlives the consumers, whose writes it carries out
  std::vector<std::unique_ptr<RingConsumer>> consumers_;
  WorkerClock clock_;
  std::thread thread_;
};

}  // namespace ringtail::capture
