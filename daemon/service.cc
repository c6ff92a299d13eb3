#include "daemon/service.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "daemon/engine_options.h"
#include "daemon/exit_code.h"
#include "daemon/logging.h"
#include "daemon/metrics_endpoint.h"
#include "filter/libpcap_version.h"
#include "metrics/health.h"
#include "metrics/text_format.h"

namespace ringtail::daemon {
namespace {

constexpr std::chrono::seconds kStatusInterval{2};

control::Response verdict_page(const metrics::Verdict& verdict) {
  return {.status = verdict.ok ? 200U : 503U, .body = verdict.text};
}

metrics::BuildInfo build_info() {
  return {.version = RINGTAIL_VERSION,
          .compiler = RINGTAIL_COMPILER,
          .libpcap = filter::libpcap_version()};
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Service::Service(const settings::Settings& settings, const settings::Host& host,
                 const std::optional<std::filesystem::path>& config)
    : signals_(io_),
      status_timer_(io_),
      engine_(io_, engine_options(settings, host, log_reporter()), log_reporter()),
      collectable_([this] { return engine_.snapshot(); }, build_info()),
      landing_page_(io_, engine_),
      http_(io_, metrics_endpoint(settings.metrics)),
      reload_(io_, engine_, http_, manager_, config, settings, host),
      config_collectable_([this] { return reload_.status(); }),
      heartbeat_(
          io_, manager_, [this] { return engine_.snapshot(); }, log_reporter()),
      status_lines_(!config) {
  add_pages();
  // Until here a signal ends the process at once: nothing has been recorded yet.
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) signals_.add(signal);
  if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);  // nohup(1) means it; tcpdump holds to that, too
  const store::Storage& storage = engine_.storage();
  spdlog::info("files: {} ({} writes)", (storage.directory() / "").string(),
               name_of(storage.mode()));
  spdlog::info("metrics: http://{}/metrics", control::to_text(http_.local_endpoint()));
}

void Service::add_pages() {
  http_.route("/", [this](const control::Request&) { return landing_page_.response(); });
  http_.route("/metrics", [this](const control::Request&) {
    return control::Response{
        .content_type = metrics::kTextContentType,
        .body = metrics::to_text(collectable_) + metrics::to_text(config_collectable_)};
  });
  http_.route("/healthz", [this](const control::Request&) {
    return verdict_page(metrics::health_of(engine_.snapshot(), std::chrono::steady_clock::now()));
  });
  http_.route("/readyz", [this](const control::Request&) {
    return verdict_page(metrics::readiness_of(engine_.snapshot()));
  });
}

int Service::run() {
  engine_.start([this] {
    spdlog::info("every capture has reached its limit");
    if (!stopping_) stop();
  });
  manager_.ready();
  heartbeat_.start();
  await_signal();
  last_status_ = std::chrono::steady_clock::now();
  if (status_lines_) tell_status();
  io_.run();
  return exit_code_;
}

void Service::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
    if (cancelled) return;
    if (signal == SIGUSR1) {
      tell("so far", totals_of(engine_.snapshot()));
    } else if (signal == SIGHUP) {
      reload_.request();
    } else {
      take_stop_request(signal);
    }
    await_signal();
  });
}

void Service::take_stop_request(int signal) {
  switch (stop_requests_.take(signal, std::chrono::steady_clock::now())) {
    case StopRequests::Meaning::kStop:
      spdlog::info("{}: finishing the files", ::strsignal(signal));
      if (!stopping_) stop();  // every capture may have ended by itself
      break;
    case StopRequests::Meaning::kRepetition:
      break;
    case StopRequests::Meaning::kHurry:
      spdlog::warn("{} again: what is not on disk yet counts as lost", ::strsignal(signal));
      engine_.hurry();
      break;
  }
}

void Service::stop() {
  stopping_ = true;
  reload_.stop();
  manager_.stopping();
  status_timer_.cancel();
  engine_.drain([this](capture::Engine::Drain result) {
    http_.stop();
    landing_page_.stop();
    heartbeat_.stop();
    Totals totals = totals_of(engine_.snapshot());
    if (result == capture::Engine::Drain::kStuck) totals.count_pending_as_lost();
    tell("total", totals);
    const bool lost =
        result != capture::Engine::Drain::kComplete &&
        totals.dropped_packets[static_cast<std::size_t>(capture::DropReason::kStorageError)] > 0;
    if (lost) exit_code_ = kDrainIncomplete;
    if (result == capture::Engine::Drain::kStuck) {
      // Joining a thread that is stuck in a write would never end.
      spdlog::error("a thread or a write is stuck in the kernel: ending without it");
      std::_Exit(kDrainIncomplete);
    }
    signals_.cancel();
  });
}

void Service::tell_status() {
  status_timer_.expires_after(kStatusInterval);
  status_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopping_) return;
    const auto now = std::chrono::steady_clock::now();
    const Totals totals = totals_of(engine_.snapshot());
    const std::chrono::duration<double> passed = now - last_status_;
    const std::string line = status_line(last_totals_, totals, passed.count());
    // On a terminal the line is drawn over the last one; one that is stopped (Ctrl-S) or a full
    // pipe must not hold up the control thread.
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    if (::poll(&output, 1, 0) != 1 || (output.revents & POLLOUT) == 0) return tell_status();
    if (::isatty(STDOUT_FILENO) != 0) {
      std::cout << "\r\033[K" << line << std::flush;
      status_redrawn_ = true;
    } else {
      std::cout << line << std::endl;
    }
    last_totals_ = totals;
    last_status_ = now;
    tell_status();
  });
}

void Service::tell(const char* what, const Totals& totals) {
  if (status_redrawn_) std::cout << std::endl;
  spdlog::info("{}: {}", what, to_text(totals, engine_.storage().finished_files()));
}

}  // namespace ringtail::daemon
