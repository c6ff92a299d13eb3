#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/link_watch.h"
#include "capture/snapshot.h"
#include "capture/worker.h"
#include "filter/program.h"
#include "store/disk_thread.h"
#include "store/storage.h"

namespace ringtail::capture {

struct CaptureOptions {
  std::string name;
  std::string interface;
  filter::Program filter;  // cuts to snaplen
  std::uint32_t snaplen = 0;
  std::vector<unsigned> cpus;  // one ring and worker on each
  std::uint32_t blocks_per_ring = 0;
  std::uint64_t max_file_bytes = 0;
};

struct EngineOptions {
  store::StorageOptions storage;
  std::vector<CaptureOptions> captures;
};

// Everything that records: the rings, the workers that empty them, the disk thread and the
// counters.
//
// Owned and used by the control thread, whose io_context must outlive it; it alone reads the
// kernel's statistics, every second and for each snapshot, so a stuck worker still shows its loss.
class Engine {
 public:
  static constexpr std::chrono::seconds kDrainDeadline{10};

  // Opens everything, so that what can't work is said before the first packet. Throws
  // std::system_error, store::DirectoryInUse or std::runtime_error.
  Engine(boost::asio::io_context& control, EngineOptions options, base::Reporter report);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Workers run, then the filters let packets in.
  void start();

  [[nodiscard]] Snapshot snapshot();
  [[nodiscard]] const store::Storage& storage() const { return storage_; }

  // Ends the recording without losing what has passed the filters: closes them, waits until every
  // packet before that is in a finished file, and calls `done` on the control thread. After the
  // deadline what is left counts as lost. If a thread is stuck even so, the engine must not be
  // destroyed (the program exits without).
  enum class Drain { kComplete, kCutShort, kStuck };
  void drain(std::function<void(Drain)> done);
  // The deadline is now.
  void hurry();

 private:
  // One ring and its recorder, with the sums of what the kernel said of it.
  struct RingAccount {
    std::string capture;
    std::string interface;
    Worker* worker = nullptr;
    RingRecorder* recorder = nullptr;
    filter::Program filter;
    std::uint64_t received_packets = 0;
    std::uint64_t ring_full_packets = 0;
    std::uint64_t ring_freezes = 0;
  };

  void open_capture(const CaptureOptions& capture);
  Worker& worker_on(unsigned cpu);
  void watch();
  void read_kernel_statistics(RingAccount& account);
  [[nodiscard]] RecorderSnapshot snapshot_of(RingAccount& account);
  void close_filters();
  void workers_drained();
  void arm_deadline(std::chrono::seconds time);
  void deadline_passed();
  void end_drain(Drain result);

  base::Reporter report_;
  boost::asio::io_context& control_;
  boost::asio::steady_timer second_;
  boost::asio::steady_timer deadline_;
  store::Storage storage_;
  std::vector<std::unique_ptr<Worker>> workers_;  // outlives the disk thread, which answers them
  store::DiskThread disk_;
  std::vector<std::unique_ptr<RingAccount>> accounts_;
  LinkWatch links_;
  std::vector<unsigned> worker_cpus_;

  std::function<void(Drain)> drained_;
  std::size_t workers_to_drain_ = 0;
  bool abandoned_ = false;
  bool ended_ = false;  // a timer that has expired already is not cancelled by cancel()
};

}  // namespace ringtail::capture
