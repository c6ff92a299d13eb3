#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "capture/engine.h"
#include "control/http_server.h"
#include "daemon/heartbeat.h"
#include "daemon/landing_page.h"
#include "daemon/reload.h"
#include "daemon/service_manager.h"
#include "daemon/stop_requests.h"
#include "daemon/totals.h"
#include "metrics/config_status.h"
#include "metrics/snapshot_collectable.h"
#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// The running daemon: the engine, the pages, the signals and the word to the service manager, on
// the control thread.
class Service {
 public:
  // `config` is the file that the settings are from; without one it says every two seconds on
  // standard output how it goes. Opens everything; throws what does not work.
  Service(const settings::Settings& settings, const settings::Host& host,
          const std::optional<std::filesystem::path>& config);

  // Records until SIGINT or SIGTERM, then drains; SIGHUP reloads, unless it was ignored from the
  // start. A second request to stop (stop_requests.h) ends the draining at once. Returns an
  // ExitCode. Does not return, but ends the process, if a thread is stuck at the end.
  [[nodiscard]] int run();

 private:
  void add_pages();
  void await_signal();
  void take_stop_request(int signal);
  void stop();
  void tell_status();
  void tell(const char* what, const Totals& totals);

  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer status_timer_;
  capture::Engine engine_;
  metrics::SnapshotCollectable collectable_;
  LandingPage landing_page_;
  control::HttpServer http_;
  ServiceManager manager_;
  Reload reload_;
  metrics::ConfigCollectable config_collectable_;
  Heartbeat heartbeat_;
  bool status_lines_;
  bool status_redrawn_ = false;  // the cursor stands in a status line
  Totals last_totals_;
  std::chrono::steady_clock::time_point last_status_;
  StopRequests stop_requests_;
  bool stopping_ = false;
  int exit_code_ = 0;
};

}  // namespace ringtail::daemon
