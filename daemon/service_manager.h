#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace ringtail::daemon {

// What systemd is told of a service of Type=notify (sd_notify(3)); libsystemd is used here alone.
// Nothing happens where nobody asked, which is where NOTIFY_SOCKET is unset. That a message is lost
// is no error: the manager then acts as it does for a service that says nothing.
//
// Control thread. Holds nothing but what the environment said.
class ServiceManager {
 public:
  ServiceManager();

  // It records; also the end of a reload.
  void ready() const;
  // Its settings are being read again; ready() follows, whether they were taken or not.
  void reloading() const;
  void stopping() const;
  // One line, which `systemctl status` shows.
  void status(const std::string& line) const;
  // Everything that should make progress does.
  void feed() const;

  // Whether there is somebody to be told.
  [[nodiscard]] bool listens() const { return listens_; }
  // After how long without feed() it ends the service (WatchdogSec=); none if it does not.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  bool listens_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace ringtail::daemon
