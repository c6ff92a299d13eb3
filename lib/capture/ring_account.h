#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "capture/ring_group.h"
#include "capture/worker.h"

namespace ringtail::capture {

// What empties the rings of one interface in one worker: the consumer, the ring that it empties
// now, and the sums of what the kernel said of this ring and of those before. Control thread; it
// alone reads the kernel's statistics, which clear on read.
//
// From its begin until end() is through, the consumer is one of the worker's. Until then, or until
// the threads have ended, the worker, the ring and this must be there.
class RingAccount {
 public:
  RingAccount(Worker& worker, std::unique_ptr<RingConsumer> consumer);
  RingAccount(const RingAccount&) = delete;
  RingAccount& operator=(const RingAccount&) = delete;
  virtual ~RingAccount() = default;

  // While there is no ring. Throws std::system_error.
  void use(ring::RxRing& ring, const pcapfile::RecordShape& shape, std::uint32_t linktype);
  void close_filter() const {
    if (ring_ != nullptr) ring_->reject_all();
  }
  void read_kernel_statistics();

  // These two when the filter is closed and the statistics have been read. What is called is called
  // on the worker's thread. Once all packets are taken...
  //
  // ...and the ring may be closed; forget_ring() must be called before that.
  void release(std::function<void()> released) {
    worker_.release_ring(*consumer_, accepted_packets(), std::move(released));
  }
  void forget_ring() { ring_ = nullptr; }
  // ...and the consumer has drained, and no other thread knows it any more: what it has counted
  // stays. Then the same.
  void end(std::function<void()> ended);
  // What the consumer has not taken by now is lost.
  void abandon() { worker_.abandon(*consumer_); }

  [[nodiscard]] const ring::RxRing* ring() const { return ring_; }  // none: it waits for one
  [[nodiscard]] std::uint64_t received_packets() const { return received_packets_; }
  [[nodiscard]] std::uint64_t ring_full_packets() const { return ring_full_packets_; }
  [[nodiscard]] std::uint64_t ring_freezes() const { return ring_freezes_; }

 protected:
  [[nodiscard]] Worker& worker() const { return worker_; }
  [[nodiscard]] RingConsumer& consumer() const { return *consumer_; }

 private:
  // The consumer has drained: calls `disconnected`, both on the worker's thread, when no thread but
  // that knows it.
  virtual void disconnect(const std::function<void()>& disconnected) { disconnected(); }
  [[nodiscard]] std::uint64_t accepted_packets() const {
    return received_packets_ - ring_full_packets_;
  }

  Worker& worker_;
  std::unique_ptr<RingConsumer> consumer_;
  ring::RxRing* ring_ = nullptr;
  std::uint64_t received_packets_ = 0;
  std::uint64_t ring_full_packets_ = 0;
  std::uint64_t ring_freezes_ = 0;
};

}  // namespace ringtail::capture
