#pragma once

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace ringtail::daemon {

// Stands in for systemd, as sd_notify(3) describes it: a datagram socket that NOTIFY_SOCKET names,
// and a watchdog if one is asked for. For one test at a time, as the environment is the process's.
class ListeningManager {
 public:
  explicit ListeningManager(std::chrono::microseconds watchdog = {})
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string path = (folder_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("bind " + path + ": " + std::strerror(errno));
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (watchdog.count() == 0) return;
    ::setenv("WATCHDOG_USEC", std::to_string(watchdog.count()).c_str(), 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }
  ~ListeningManager() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  ListeningManager(const ListeningManager&) = delete;
  ListeningManager& operator=(const ListeningManager&) = delete;

  // What was said next; empty if nothing was.
  std::string heard() {
    std::array<char, 4096> text{};
    const ssize_t length = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
    return length < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(length));
  }

 private:
  support::TempFolder folder_;
  base::UniqueFd socket_;
};

}  // namespace ringtail::daemon
