#pragma once

#include <cstdint>

namespace ringtail::capture {

// The kernel would rather kill other processes than refuse us ring memory, so we refuse it: throws
// std::runtime_error if rings of so many bytes would take more than half of what is available now,
// beside the rings that there are.
void check_ring_memory(std::uint64_t bytes);

}  // namespace ringtail::capture
