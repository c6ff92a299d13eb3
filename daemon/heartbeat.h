#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "base/report.h"
#include "capture/snapshot.h"
#include "daemon/service_manager.h"

namespace ringtail::daemon {

// Tells the service manager, every few seconds, how it goes, and feeds its watchdog for as long as
// /healthz is good: while the control loop turns, which this timer is part of, and every worker
// makes progress. A disk that is full or a disk thread that hangs stops no worker, so neither leads
// to a restart, which would not help; a worker that is stuck in a write does.
//
// Control thread, whose io_context must outlive it. Does nothing where no manager listens.
class Heartbeat {
 public:
  Heartbeat(boost::asio::io_context& control, const ServiceManager& manager,
            std::function<capture::Snapshot()> snapshot, base::Reporter report);

  void start();
  void stop();

 private:
  void beat();
  void judge(const capture::Snapshot& snapshot);

  const ServiceManager& manager_;
  std::function<capture::Snapshot()> snapshot_;
  base::Reporter report_;
  std::chrono::microseconds interval_;
  boost::asio::steady_timer timer_;
  bool healthy_ = true;
  bool stopped_ = false;  // a timer that has expired already is not cancelled by cancel()
};

// "2 captures, 28448 packets received, 28448 written, 0 dropped"
[[nodiscard]] std::string heartbeat_line(const capture::Snapshot& snapshot);

}  // namespace ringtail::daemon
