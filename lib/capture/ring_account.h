#pragma once

#include <cstdint>
#include <string>

#include "capture/limit.h"
#include "capture/link_watch.h"
#include "capture/snapshot.h"
#include "capture/worker.h"
#include "filter/program.h"

namespace ringtail::capture {

// One ring of a capture: its filter, the recorder that empties it and the sums of what the kernel
// said of it. Control thread; it alone reads the kernel's statistics, which clear on read. The
// worker and its recorder must outlive it.
class RingAccount {
 public:
  struct Names {
    std::string capture;
    std::string interface;
  };
  RingAccount(Names names, filter::Program filter, Worker& worker, RingRecorder& recorder)
      : names_(std::move(names)),
        filter_(std::move(filter)),
        worker_(worker),
        recorder_(recorder) {}

  void open_filter() { recorder_.source().attach_filter(filter_); }
  void close_filter() { recorder_.source().reject_all(); }
  void read_kernel_statistics();

  // When the filter is closed and the statistics have been read: finishes the recorder's last file
  // once it has taken all packets; `drained` is called on the worker's thread.
  void drain(std::function<void()> drained) {
    worker_.drain(recorder_, received_packets_ - ring_full_packets_, std::move(drained));
  }

  // `limit` is the capture's, if it has one.
  [[nodiscard]] RecorderSnapshot snapshot(const LinkWatch& links, const Limit* limit);

 private:
  Names names_;
  filter::Program filter_;
  Worker& worker_;
  RingRecorder& recorder_;
  std::uint64_t received_packets_ = 0;
  std::uint64_t ring_full_packets_ = 0;
  std::uint64_t ring_freezes_ = 0;
};

}  // namespace ringtail::capture
