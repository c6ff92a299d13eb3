#pragma once

#include <cstdint>

#include "capture/engine.h"

namespace ringtail::daemon {

// How many descriptors recording takes at most, and whether RLIMIT_NOFILE allows them: so that a
// start which cannot work is refused with the arithmetic, and does not fail at its first burst of
// scrapes. What the host has less than that in operation is a loss that is counted.
//
// Throws std::runtime_error if `limit` is too low.
void check_descriptors(const capture::EngineOptions& options, std::uint64_t limit);

// The soft limit of this process.
[[nodiscard]] std::uint64_t descriptor_limit();

}  // namespace ringtail::daemon
