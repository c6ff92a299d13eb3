#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "capture/capture_options.h"
#include "capture/limit.h"
#include "capture/ring_group.h"
#include "capture/snapshot.h"
#include "capture/worker.h"
#include "capture/write_rate.h"
#include "store/disk_thread.h"

namespace ringtail::capture {

// One interface of a capture in one worker: the recorder, its supply of files, the ring that it
// empties now, and the sums of what the kernel said of this ring and of those before. Control
// thread; it alone reads the kernel's statistics, which clear on read.
//
// From its begin until end() is through, the recorder is one of the worker's. Until then, or until
// the threads have ended, worker, disk thread, write rate and ring must be there.
class RingAccount {
 public:
  RingAccount(const CaptureOptions& capture, std::string interface, std::shared_ptr<Limit> limit,
              Worker& worker, store::DiskThread& disk, WriteRate& write_rate);

  // Files may be made from now on; until then blocks wait.
  void connect();
  // While there is no ring. Throws std::system_error.
  void use(ring::RxRing& ring, const pcapfile::RecordShape& shape, std::uint32_t linktype);
  void close_filter() const {
    if (ring_ != nullptr) ring_->reject_all();
  }
  void read_kernel_statistics();

  // Takes over what such options change without another ring.
  void adopt(const CaptureOptions& capture);
  void use_limit(const std::shared_ptr<Limit>& limit);

  // These two when the filter is closed and the statistics have been read. What is called is called
  // on the worker's thread.
  //
  // Once all packets are taken and the ring may be closed; forget_ring() must be called before
  // that.
  void release(std::function<void()> released);
  void forget_ring() { ring_ = nullptr; }
  // Once all packets are taken, the last file is finished, and neither the worker nor the disk
  // thread knows the recorder any more; then settle().
  void end(std::function<void()> ended);
  // Keeps what was counted, nothing else.
  void settle();
  // What it has not taken by now is lost.
  void abandon();

  // What was counted; without its condition.
  [[nodiscard]] RecorderSnapshot counts();
  // How it does, as far as its storage is concerned.
  [[nodiscard]] Condition condition() const;
  void add_writes(store::WriteCounters::Totals& totals) const;

 private:
  [[nodiscard]] std::uint64_t accepted_packets() const {
    return received_packets_ - ring_full_packets_;
  }

  RecorderSnapshot counts_;              // names; once it is settled also what was counted
  store::WriteCounters::Totals writes_;  // once it is settled
  Worker& worker_;
  store::DiskThread& disk_;
  std::unique_ptr<RingRecorder> recorder_;     // until it is settled
  std::shared_ptr<store::FileSupply> supply_;  // the recorder's
  ring::RxRing* ring_ = nullptr;
  std::uint64_t received_packets_ = 0;
  std::uint64_t ring_full_packets_ = 0;
  std::uint64_t ring_freezes_ = 0;
};

}  // namespace ringtail::capture
