#include "capture/ring_memory.h"

#include <stdexcept>
#include <string>

#include "base/host_memory.h"

namespace ringtail::capture {

void check_ring_memory(std::uint64_t bytes) {
  const std::uint64_t available = base::available_memory_bytes();
  if (available == 0 || bytes <= available / 2) return;
  throw std::runtime_error("the rings to be opened take " + std::to_string(bytes >> 20) +
                           " MiB, more than half of the " + std::to_string(available >> 20) +
                           " MiB of memory that is available: lower ring.memory");
}

}  // namespace ringtail::capture
