#include "capture/worker.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/thread.h"

namespace ringtail::capture {

Worker::Worker(unsigned number, unsigned cpu)
    : number_(number),
      cpu_(cpu),
      work_(context_.get_executor()),
      ready_(context_, ready_set_.fd()),
      timer_(context_) {}

Worker::~Worker() {
  stop();
  (void)ready_.release();
}

void Worker::open_uring(std::function<void(const std::string&)> report) {
  uring_.emplace(std::move(report));
  try {
    ready_set_.add(uring_->fd());
  } catch (const std::system_error&) {
    uring_.reset();  // nobody would learn of what completes
    throw;
  }
}

void Worker::add(RingConsumer& consumer) {
  boost::asio::post(context_, [this, &consumer] { consumers_.push_back(&consumer); });
}

void Worker::remove(RingConsumer& consumer, std::function<void()> removed) {
  boost::asio::post(context_, [this, &consumer, removed = std::move(removed)] {
    std::erase(consumers_, &consumer);
    std::erase_if(awaited_, [&](const Awaited& awaited) { return awaited.consumer == &consumer; });
    removed();
  });
}

void Worker::change(std::function<void()> change) {
  boost::asio::post(context_, [this, change = std::move(change)] {
    change();
    turn();
  });
}

void Worker::start() {
  if (thread_.joinable()) return;
  wait_for_blocks();
  thread_ = base::start_thread("worker-" + std::to_string(number_), [this] { run(); });
  const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> cpus(
      CPU_ALLOC(cpu_ + 1), [](cpu_set_t* set) { CPU_FREE(set); });
  const std::size_t size = CPU_ALLOC_SIZE(cpu_ + 1);
  CPU_ZERO_S(size, cpus.get());
  CPU_SET_S(cpu_, size, cpus.get());
  const int error = ::pthread_setaffinity_np(thread_.native_handle(), size, cpus.get());
  if (error != 0) {
    throw std::system_error(
        error, std::generic_category(),
        "pinning worker " + std::to_string(number_) + " to CPU " + std::to_string(cpu_));
  }
}

void Worker::run() {
  context_.run();
  // Blocks and files are given back when this thread has ended: nothing may be under way then.
  if (uring_) uring_->finish();
}

void Worker::wait_for_blocks() {
  ready_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (error) return;  // the loop is being torn down
                      // Before the turn: a block that is retired during it makes a new edge.
                      ready_set_.drain();
                      turn();
                      rest();
                    });
}

void Worker::rest() {
  if (turn_posted_) return wait_for_blocks();  // a ring that is behind is taken on
  std::uint64_t taken = 0;
  auto longest = TurnPace::kLongestPause;
  for (const RingConsumer* consumer : consumers_) {
    taken += consumer->taken_blocks();
    longest = std::min(longest, consumer->longest_pause());
  }
  auto pause = pace_.pause(taken, TurnPace::Clock::now(), longest);
  // Some of the writes in flight are done by then, and the others keep the disk busy. A full ring
  // allows no pause: there each write that is done makes room.
  if (waiting_) pause /= 2;
  // Asleep, not in the event loop: there each block that is retired would wake it all the same.
  // Where they gather for longer than a pause may be, on to the next one without a turn.
  for (int pauses = 0; pause > pause.zero() && pauses < TurnPace::kMostPauses; ++pauses) {
    std::this_thread::sleep_until(TurnPace::end(TurnPace::Clock::now(), pause, longest));
    if (std::ranges::any_of(consumers_, &RingConsumer::wants_turn)) break;
  }
  wait_for_blocks();
}

void Worker::turn() {
  clock_.enter(WorkerState::kEncoding);
  if (uring_) uring_->reap();  // what completes later makes an edge as a block does
  bool more = false;
  waiting_ = false;
  for (RingConsumer* consumer : consumers_) {
    const RingConsumer::Turn turn = consumer->turn(clock_);
    more |= turn == RingConsumer::Turn::kMore;
    waiting_ |= turn == RingConsumer::Turn::kWaiting;
  }
  if (uring_) more |= uring_->push();
  if (more && !turn_posted_) {
    turn_posted_ = true;  // behind the timers and messages that are due
    boost::asio::post(context_, [this] {
      turn_posted_ = false;
      turn();
    });
  }
  arm_timer();
  if (!awaited_.empty()) tell_awaited();
  clock_.sleep(waiting_ ? WorkerState::kWaitingDisk : WorkerState::kIdle);
}

void Worker::arm_timer() {
  std::optional<RingConsumer::Clock::time_point> due;
  for (RingConsumer* consumer : consumers_) {
    for (const auto& theirs : {consumer->flush_due(), consumer->turn_due()}) {
      if (theirs && (!due || *theirs < *due)) due = theirs;
    }
  }
  if (!due) return;  // an idle link has no timer
  if (timer_due_ && *timer_due_ <= *due) return;
  timer_due_ = due;
  timer_.expires_at(*due);  // cancels the wait for the later time
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) timer_expired();
  });
}

void Worker::timer_expired() {
  timer_due_.reset();
  clock_.enter(WorkerState::kWaitingDisk);
  const auto now = RingConsumer::Clock::now();
  for (RingConsumer* consumer : consumers_) {
    const auto due = consumer->flush_due();
    if (due && *due <= now) consumer->flush();
  }
  turn();
}

void Worker::use_ring(RingConsumer& consumer, ring::RxRing& ring,
                      const pcapfile::RecordShape& shape, std::uint32_t linktype) {
  ready_set_.add(ring.fd());
  boost::asio::post(context_, [this, &consumer, &ring, shape, linktype] {
    consumer.use_source(ring, shape, linktype);
    turn();  // for blocks whose edges came before
  });
}

void Worker::release_ring(RingConsumer& consumer, std::uint64_t accepted_packets,
                          std::function<void()> released) {
  boost::asio::post(
      context_, [this, &consumer, accepted_packets, released = std::move(released)]() mutable {
        consumer.release_source(accepted_packets);
        awaited_.push_back({&consumer, &RingConsumer::has_released, std::move(released)});
        turn();
      });
}

void Worker::drain(RingConsumer& consumer, std::uint64_t accepted_packets,
                   std::function<void()> drained) {
  boost::asio::post(context_,
                    [this, &consumer, accepted_packets, drained = std::move(drained)]() mutable {
                      consumer.drain(accepted_packets);
                      awaited_.push_back({&consumer, &RingConsumer::drained, std::move(drained)});
                      turn();
                    });
}

void Worker::abandon(RingConsumer& consumer) {
  consumer.abandon();  // not posted: behind a turn on a slow disk it would come too late
  boost::asio::post(context_, [this] { turn(); });
}

void Worker::tell_awaited() {
  std::erase_if(awaited_, [](const Awaited& awaited) {
    if (!(awaited.consumer->*awaited.is_done)()) return false;
    awaited.done();
    return true;
  });
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  context_.stop();
  thread_.join();
}

}  // namespace ringtail::capture
