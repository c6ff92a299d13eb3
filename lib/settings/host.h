#pragma once

#include <vector>

namespace ringtail::settings {

// What settings depend on beside their text. A parameter everywhere, so that tests choose it.
struct Host {
  std::vector<unsigned> allowed_cpus;  // ascending
};

// The CPUs that the calling process may run on; throws std::system_error.
[[nodiscard]] Host this_host();

}  // namespace ringtail::settings
