#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "capture/engine.h"
#include "control/http_server.h"
#include "daemon/service_manager.h"
#include "metrics/config_status.h"
#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// What SIGHUP asks for: the configuration file is read again, checked as a whole and put in force
// as a whole, or nothing changes and the log says why. One at a time; one that is asked for
// meanwhile follows.
//
// Control thread, whose io_context, the engine, the server and the manager must outlive it. What
// takes long runs on the engine's opener thread.
class Reload {
 public:
  // `settings` are in force. Without a file there is nothing to reload.
  Reload(boost::asio::io_context& control, capture::Engine& engine, control::HttpServer& http,
         const ServiceManager& manager, std::optional<std::filesystem::path> file,
         settings::Settings settings, settings::Host host);

  void request();
  // The recording ends: what is under way comes to nothing, and nothing follows.
  void stop() { stopped_ = true; }

  [[nodiscard]] const metrics::ConfigStatus& status() const { return status_; }

 private:
  // What the file holds: settings and what follows from them, or errors.
  struct Read {
    std::optional<settings::Settings> settings;
    capture::EngineOptions options;
    std::vector<std::string> errors;
  };

  static Read read(const std::filesystem::path& file, const settings::Host& host);
  void begin();
  void put_in_force(Read read);
  void check(const settings::Settings& settings) const;
  void listen(const settings::Metrics& metrics);
  void succeed(settings::Settings settings, const std::vector<std::string>& changes);
  void fail(const std::vector<std::string>& errors);
  void end();

  boost::asio::io_context& control_;
  capture::Engine& engine_;
  control::HttpServer& http_;
  const ServiceManager& manager_;
  std::optional<std::filesystem::path> file_;
  settings::Settings settings_;
  settings::Host host_;
  metrics::ConfigStatus status_;
  bool running_ = false;
  bool again_ = false;
  bool stopped_ = false;
  base::UniqueFd listener_;  // while one runs: for the metrics, if they are to listen elsewhere
  // Expires with this object, to which the opener's answer may be on its way.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace ringtail::daemon
