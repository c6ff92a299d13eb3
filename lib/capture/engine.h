#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/interface_counters.h"
#include "capture/interface_recording.h"
#include "capture/limit.h"
#include "capture/link_watch.h"
#include "capture/recorder_account.h"
#include "capture/snapshot.h"
#include "capture/tcp_watch.h"
#include "capture/worker.h"
#include "capture/write_rate.h"
#include "store/disk_thread.h"
#include "store/on_close_runner.h"
#include "store/storage.h"

namespace ringtail::capture {

struct EngineOptions {
  store::StorageOptions storage;
  std::vector<CaptureOptions> captures;
  std::uint64_t max_write_bytes_per_second = 0;  // of all captures together; 0: any
  std::vector<WatchOptions> tcp_watch = {};
};

// Everything that records: the rings, the workers that empty them, the disk thread, the opener's
// thread and the counters.
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

  // Workers run, then the filters let packets in. A capture whose limit is reached is ended, its
  // files are finished; `all_ended` is called when that is so for the last one.
  void start(std::function<void()> all_ended);

  [[nodiscard]] Snapshot snapshot();
  [[nodiscard]] const store::Storage& storage() const { return storage_; }

  // Ends the recording without losing what has passed the filters: closes them, waits until every
  // packet before that is in a finished file and the programs that were started for files have
  // ended, and calls `done` on the control thread. After the deadline what is left counts as lost,
  // and the programs are killed. If a thread is stuck even so, the engine must not be
  // destroyed (the program exits without).
  enum class Drain { kComplete, kCutShort, kStuck };
  void drain(std::function<void(Drain)> done);
  // The deadline is now.
  void hurry();

 private:
  struct Capture {
    Capture(boost::asio::io_context& control, CaptureOptions capture_options)
        : options(std::move(capture_options)), limit_timer(control) {}

    CaptureOptions options;
    std::unique_ptr<Limit> limit;  // if it has one; outlives the workers' threads
    boost::asio::steady_timer limit_timer;
    std::vector<std::shared_ptr<InterfaceRecording>> interfaces;
    struct Recorded {
      const InterfaceRecording& recording;
      RecorderAccount& account;  // one of the recording's
    };
    std::vector<Recorded> recorders;
  };

  void open_capture(CaptureOptions options);
  void add_options_and_writes(CaptureSnapshot& snapshot) const;
  void open_tcp_watch(WatchOptions options);
  std::unique_ptr<RecorderAccount> add_recorder(const Capture& capture,
                                                const std::string& interface, unsigned cpu);
  Worker& worker_on(unsigned cpu);
  void watch();
  void look_at_links();
  void arm_limit(Capture& capture);
  void end_capture(Capture& capture);
  void drain_recordings(const std::vector<InterfaceRecording*>& recordings,
                        const std::function<void()>& drained);
  [[nodiscard]] std::vector<InterfaceRecording*> all_recordings() const;
  void workers_drained();
  void disk_closed();
  void recording_ended();
  void arm_deadline(std::chrono::seconds time);
  void deadline_passed();
  void end_drain(Drain result);

  base::Reporter report_;
  boost::asio::io_context& control_;
  boost::asio::steady_timer second_;
  boost::asio::steady_timer deadline_;
  store::OnCloseRunner on_close_;  // outlives the disk thread, which hands it the files
  store::Storage storage_;
  std::function<void(const std::string&)> report_unregistered_;  // memory, by whichever worker
  std::optional<WriteRate> write_rate_;  // if there is one; outlives the workers
  LinkWatch links_;
  boost::asio::thread_pool opener_{1};
  InterfaceCounters interface_counters_;
  InterfaceRecording::Surroundings surroundings_;
  std::vector<std::unique_ptr<Capture>> captures_;    // outlives the workers, which hold leases
  std::vector<std::unique_ptr<TcpWatch>> tcp_watch_;  // likewise
  std::vector<std::unique_ptr<Worker>> workers_;  // outlives the disk thread, which answers them
  store::DiskThread disk_;
  std::vector<unsigned> worker_cpus_;

  std::function<void()> all_ended_;
  std::size_t captures_recording_ = 0;
  std::function<void(Drain)> drained_;
  bool recording_ended_ = false;
  bool abandoned_ = false;
  bool ended_ = false;  // a timer that has expired already is not cancelled by cancel()
};

}  // namespace ringtail::capture
