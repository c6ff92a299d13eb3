#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "capture/limit.h"
#include "capture/ring_group.h"
#include "capture/snapshot.h"
#include "capture/worker.h"

namespace ringtail::capture {

// One interface of a capture in one worker: the recorder, the ring that it empties now, and the
// sums of what the kernel said of this ring and of those before. Control thread; it alone reads the
// kernel's statistics, which clear on read. The worker, its recorder and the ring must outlive it.
class RingAccount {
 public:
  struct Names {
    std::string capture;
    std::string interface;
  };
  RingAccount(Names names, Worker& worker, RingRecorder& recorder)
      : names_(std::move(names)), worker_(worker), recorder_(recorder) {}

  // While there is no ring. Throws std::system_error.
  void use(ring::RxRing& ring, const pcapfile::RecordShape& shape, std::uint32_t linktype);
  void close_filter() const {
    if (ring_ != nullptr) ring_->reject_all();
  }
  void read_kernel_statistics();

  // These two when the filter is closed and the statistics have been read. What is called is called
  // on the worker's thread.
  //
  // Once all packets are taken and the ring may be closed; forget_ring() must be called before
  // that.
  void release(std::function<void()> released) {
    worker_.release_ring(recorder_, accepted_packets(), std::move(released));
  }
  void forget_ring() { ring_ = nullptr; }
  // Once all packets are taken and the recorder's last file is finished.
  void drain(std::function<void()> drained) {
    worker_.drain(recorder_, accepted_packets(), std::move(drained));
  }

  // `interface` is how its interface does; `limit` is the capture's, if it has one.
  [[nodiscard]] RecorderSnapshot snapshot(const Condition& interface, const Limit* limit);
  void add_writes(store::WriteCounters::Totals& totals) const {
    recorder_.sink().counters().add_to(totals);
  }

 private:
  [[nodiscard]] std::uint64_t accepted_packets() const {
    return received_packets_ - ring_full_packets_;
  }

  Names names_;
  Worker& worker_;
  RingRecorder& recorder_;
  ring::RxRing* ring_ = nullptr;
  std::uint64_t received_packets_ = 0;
  std::uint64_t ring_full_packets_ = 0;
  std::uint64_t ring_freezes_ = 0;
};

}  // namespace ringtail::capture
