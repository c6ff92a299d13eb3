#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/captures.h"
#include "capture/interface_counters.h"
#include "capture/link_watch.h"
#include "capture/reload.h"
#include "capture/snapshot.h"
#include "capture/surroundings.h"
#include "capture/workers.h"
#include "capture/write_rate.h"
#include "store/disk_thread.h"
#include "store/on_close_runner.h"
#include "store/storage.h"

namespace ringtail::capture {

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

  [[nodiscard]] Snapshot snapshot() const;
  [[nodiscard]] const store::Storage& storage() const { return storage_; }

  // Brings what is recorded to other options (see Reload), as soon as nothing that an earlier
  // reload has replaced is on its way to the disk any more. One at a time; `done` is called once,
  // unless the recording ends before.
  void reload(EngineOptions wanted, std::function<void(const Reload::Outcome&)> done);
  // Set-up that may take long, on the opener's thread.
  void run_on_opener(std::function<void()> job);

  // Ends the recording without losing what has passed the filters: closes them, waits until every
  // packet before that is in a finished file and the programs that were started for files have
  // ended, and calls `done` on the control thread. After the deadline what is left counts as lost,
  // and the programs are killed. If a thread is stuck even so, the engine must not be
  // destroyed (the program exits without). A reload that is under way comes to nothing.
  enum class Drain { kComplete, kCutShort, kStuck };
  void drain(std::function<void(Drain)> done);
  // The deadline is now.
  void hurry();

 private:
  void watch();
  void recording_ended();
  void begin_reload();
  void workers_drained();
  void disk_closed();
  void files_ended();
  void arm_deadline(std::chrono::seconds time);
  void deadline_passed();
  void end_drain(Drain result);

  base::Reporter report_;
  boost::asio::io_context& control_;
  boost::asio::steady_timer second_;
  boost::asio::steady_timer deadline_;
  store::OnCloseRunner on_close_;  // outlives the disk thread, which hands it the files
  store::Storage storage_;
  WriteRate write_rate_;
  LinkWatch links_;
  boost::asio::thread_pool opener_{1};
  ReturnedRings returned_rings_{opener_};
  InterfaceCounters interface_counters_;
  store::DiskThread disk_;
  Workers workers_;
  Surroundings surroundings_;
  Captures captures_;

  std::function<void()> all_ended_;
  std::function<void()> pending_reload_;
  std::shared_ptr<Reload> reload_;
  std::function<void(Drain)> drained_;
  bool files_ended_ = false;
  bool abandoned_ = false;
  bool ended_ = false;  // a timer that has expired already is not cancelled by cancel()
};

}  // namespace ringtail::capture
