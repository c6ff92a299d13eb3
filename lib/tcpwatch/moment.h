#pragma once

#include <chrono>
#include <cstdint>

namespace ringtail::tcpwatch {

// One moment by two clocks: the host's, which stamps packets and which somebody may set, and one
// that only goes forward.
struct Moment {
  std::chrono::nanoseconds wall{};  // since the epoch
  std::chrono::nanoseconds steady{};

  [[nodiscard]] std::int64_t second() const {
    return std::chrono::floor<std::chrono::seconds>(wall).count();
  }
};

[[nodiscard]] inline Moment now() {
  return {std::chrono::system_clock::now().time_since_epoch(),
          std::chrono::steady_clock::now().time_since_epoch()};
}

}  // namespace ringtail::tcpwatch
