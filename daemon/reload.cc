#include "daemon/reload.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include "daemon/engine_options.h"
#include "daemon/filter_faults.h"
#include "daemon/logging.h"
#include "daemon/memory_lock.h"
#include "daemon/metrics_endpoint.h"
#include "settings/fingerprint.h"
#include "settings/load.h"

namespace ringtail::daemon {

Reload::Reload(boost::asio::io_context& control, capture::Engine& engine, control::HttpServer& http,
               const ServiceManager& manager, std::optional<std::filesystem::path> file,
               settings::Settings settings, settings::Host host)
    : control_(control),
      engine_(engine),
      http_(http),
      manager_(manager),
      file_(std::move(file)),
      settings_(std::move(settings)),
      host_(std::move(host)),
      status_{.hash = settings::fingerprint(settings_),
              .last_reload_successful = true,
              .last_success = std::chrono::system_clock::now()} {}

void Reload::request() {
  if (stopped_) return;
  if (!file_) return spdlog::info("there is no configuration file, so nothing to reload");
  if (std::exchange(again_, running_)) return;
  if (!running_) begin();
}

// Ends with end(), unless the recording does so before.
void Reload::begin() {
  running_ = true;
  manager_.reloading();
  spdlog::info("reloading {}", file_->string());
  engine_.run_on_opener(
      [this, alive = std::weak_ptr(alive_), &control = control_, file = *file_, host = host_] {
        boost::asio::post(control, [this, alive, read = read(file, host)]() mutable {
          if (!alive.expired() && !stopped_) put_in_force(std::move(read));
        });
      });
}

Reload::Read Reload::read(const std::filesystem::path& file, const settings::Host& host) {
  Read read;
  try {
    std::vector<std::string> unchecked;  // which engine_options() refuses
    settings::Result result =
        settings::load(file, host, [&unchecked](const settings::Capture& capture) {
          return filter_faults(capture, unchecked);
        });
    read.errors = std::move(result.errors);
    read.settings = std::move(result.settings);
    if (read.settings) read.options = engine_options(*read.settings, host, log_reporter());
  } catch (const std::exception& error) {
    read.errors.emplace_back(error.what());
  }
  return read;
}

void Reload::put_in_force(Read read) {
  if (!read.errors.empty()) return fail(read.errors);
  try {
    check(*read.settings);
    listen(read.settings->metrics);
  } catch (const std::exception& error) {
    return fail({error.what()});
  }
  engine_.reload(std::move(read.options),
                 [this, settings = *read.settings](const capture::Reload::Outcome& outcome) {
                   outcome.errors.empty() ? succeed(settings, outcome.changes)
                                          : fail(outcome.errors);
                 });
}

void Reload::check(const settings::Settings& settings) const {
  if (settings.user != settings_.user)
    throw std::runtime_error("user cannot change while recording: restart instead");
  if (wants_memory_lock(settings) != wants_memory_lock(settings_))
    throw std::runtime_error("ring.lock cannot change while recording: restart instead");
}

// The old address goes on until everything else has succeeded.
void Reload::listen(const settings::Metrics& metrics) {
  if (metrics != settings_.metrics) listener_ = http_.listen_beside(metrics_endpoint(metrics));
}

void Reload::succeed(settings::Settings settings, const std::vector<std::string>& changes) {
  for (const std::string& change : changes) spdlog::info("{}", change);
  if (listener_) {
    http_.move_to(std::move(listener_));
    spdlog::info("metrics: http://{}/metrics", control::to_text(http_.local_endpoint()));
  }
  spdlog::info(settings == settings_ && changes.empty() ? "reloaded: nothing has changed"
                                                        : "reloaded");
  settings_ = std::move(settings);
  status_ = {.hash = settings::fingerprint(settings_),
             .last_reload_successful = true,
             .last_success = std::chrono::system_clock::now()};
  end();
}

void Reload::fail(const std::vector<std::string>& errors) {
  listener_.reset();
  for (const std::string& error : errors) spdlog::error("{}", error);
  spdlog::error("not reloaded: the configuration in force stays");
  status_.last_reload_successful = false;
  end();
}

void Reload::end() {
  running_ = false;
  manager_.ready();
  if (std::exchange(again_, false) && !stopped_) begin();
}

}  // namespace ringtail::daemon
