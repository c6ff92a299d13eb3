#pragma once

#include <cstdint>

namespace ringtail::base {

// What the kernel says can be had without pushing anything out (MemAvailable); 0 if it does not
// say.
[[nodiscard]] std::uint64_t available_memory_bytes();

}  // namespace ringtail::base
