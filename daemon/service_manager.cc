#include "daemon/service_manager.h"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>

namespace ringtail::daemon {
namespace {

std::optional<std::chrono::microseconds> watchdog_of_environment() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds);
}

}  // namespace

ServiceManager::ServiceManager()
    : listens_(std::getenv("NOTIFY_SOCKET") != nullptr), watchdog_(watchdog_of_environment()) {}

void ServiceManager::ready() const { (void)::sd_notify(0, "READY=1"); }

// The time is what tells systemd 253 and newer (Type=notify-reload) that this reload began after
// the signal; it is CLOCK_MONOTONIC, as steady_clock is.
void ServiceManager::reloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  (void)::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count())).c_str());
}

void ServiceManager::stopping() const { (void)::sd_notify(0, "STOPPING=1"); }

void ServiceManager::status(const std::string& line) const {
  (void)::sd_notify(0, ("STATUS=" + line).c_str());
}

void ServiceManager::feed() const { (void)::sd_notify(0, "WATCHDOG=1"); }

}  // namespace ringtail::daemon
