#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "capture/capture.h"
#include "capture/capture_options.h"
#include "capture/close_filters.h"
#include "capture/reload_plan.h"
#include "capture/snapshot.h"
#include "capture/surroundings.h"
#include "capture/tcp_watch.h"
#include "store/budget.h"
#include "store/on_close_runner.h"
#include "store/storage.h"

namespace ringtail::capture {

// The captures that are recorded and those that are leaving, what the disk thread knows of them,
// and the TCP watch. Control thread. The worker threads, the opener and the disk thread must have
// stopped before it is destroyed.
class Captures {
 public:
  using List = std::vector<std::shared_ptr<Capture>>;
  using Watches = std::vector<std::shared_ptr<TcpWatch>>;

  // `storage` is in the hands of the disk thread, as soon as that runs. Throws what opening rings
  // does. `ended` is called whenever a recording has ended.
  Captures(const Surroundings& surroundings, store::Storage& storage,
           store::OnCloseRunner& on_close, EngineOptions options, std::function<void()> ended);

  // Whether any of them runs a program for its files.
  [[nodiscard]] bool have_programs() const;
  // The workers run: lets packets in. Throws std::system_error.
  void start();
  // Of all of them: binds those whose interface is there, replaces the rings of those whose
  // interface is another.
  void look_at_links();
  void read_kernel_statistics();

  // Ends recordings without losing what has passed their filters: each packet before that comes
  // into a finished file, then the rings are given back.
  void end(const Recordings& recordings);
  void end_all();
  // How many are being ended.
  [[nodiscard]] std::size_t ending() const { return ending_; }
  // What is not on disk by now is lost.
  void abandon();
  // Whether each of them has reached its limit, and has ended.
  [[nodiscard]] bool have_all_ended() const;

  // For a reload.
  [[nodiscard]] Running running() const;
  [[nodiscard]] std::shared_ptr<Capture> find(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<Capture> make(Capture::Options options);
  [[nodiscard]] std::shared_ptr<TcpWatch> find_watch(const std::string& interface) const;
  // Recordings that were made for nothing: what came into their rings is not recorded.
  void discard(Recordings recordings);
  // From now on it is these, and the storage as in the options; others are leaving, and are ended
  // like what the captures have replaced.
  void adopt(List captures, Watches watches, store::StorageOptions storage,
             std::uint64_t max_write_bytes_per_second);

  void add_to(Snapshot& snapshot) const;

 private:
  void limit_reached(Capture& capture);
  void recording_ended(const std::weak_ptr<InterfaceRecording>& recording);
  void forget_removed();
  void open(std::vector<CaptureOptions> captures, const std::vector<WatchOptions>& watches);
  void add(const Capture::Options& options, std::span<RingGroupResult> rings);
  [[nodiscard]] int hardware_type_of(const std::string& interface) const;
  void tell_disk();
  void forget_links();
  [[nodiscard]] Recordings recordings() const;

  const Surroundings& surroundings_;
  store::Storage& storage_;
  store::OnCloseRunner& on_close_;
  store::StorageOptions storage_options_;  // of the captures that are recorded
  std::uint64_t max_write_bytes_per_second_;
  std::function<void()> ended_;
  List captures_;
  Watches watches_;
  Recordings unowned_;  // of no capture and no watch any more; until they have ended
  List removed_;        // not configured any more, but not all on disk yet
  std::size_t ending_ = 0;
  store::CaptureUsages usages_;
  store::OnCloseTotalsList on_close_totals_;
  // Expires with this object, to which the disk thread's answers may be on their way.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace ringtail::capture
