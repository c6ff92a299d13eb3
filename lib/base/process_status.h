#pragma once

#include <cstdint>

namespace ringtail::base {

// What this process takes of its host.
struct ProcessStatus {
  double cpu_seconds = 0;  // of all its threads, in user mode and in the kernel
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
  double start_seconds_since_boot = 0;
};

// From getrusage(2), getrlimit(2) and /proc/self (proc(5)); what cannot be read is 0.
[[nodiscard]] ProcessStatus read_process_status();

// When the host was booted, in Unix time: it moves when somebody sets the clock.
[[nodiscard]] double boot_timestamp_seconds();

}  // namespace ringtail::base
