#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "capture/block_consumer.h"
#include "capture/recorder.h"
#include "capture/turn_pace.h"
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
// turn. Where blocks come in fast it then sleeps for a few of TurnPace's pauses, whatever comes:
// 160 ms at most.
//
// The control thread calls it, before or after start(): everything that concerns a consumer is
// posted, and happens on the worker's thread. The consumers are others', and belong to that thread
// from add() to remove(), or until it has ended, except what is said to be read by others.
class Worker {
 public:
  Worker(unsigned number, unsigned cpu);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Before start(): its recorders may write by io_uring. Throws what Uring does.
  void open_uring(std::function<void(const std::string&)> report);
  [[nodiscard]] store::Uring* uring() { return uring_ ? &*uring_ : nullptr; }
  // Does nothing if it has been started. Throws std::system_error if the thread cannot be pinned.
  void start();

  // From now on the consumer has its turns.
  void add(RingConsumer& consumer);
  // It has none any more when `removed` is called, on the worker's thread.
  void remove(RingConsumer& consumer, std::function<void()> removed);
  // Done on the worker's thread, before another turn.
  void change(std::function<void()> change);

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
  // Time is up for the consumer, even while a turn is under way.
  void abandon(RingConsumer& consumer);
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
  void rest();
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
  TurnPace pace_;
  bool turn_posted_ = false;
  bool waiting_ = false;  // a consumer does, for the disk, since the last turn
  std::vector<Awaited> awaited_;
  std::optional<store::Uring> uring_;
  std::vector<RingConsumer*> consumers_;
  WorkerClock clock_;
  std::thread thread_;
};

}  // namespace ringtail::capture
