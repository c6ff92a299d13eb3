#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtail::control {

// What clients can take from the server, at most: `connections` times (`header_bytes`, the parsed
// headers, one response, the kernel's buffers) of memory, and each phase of a connection only for
// its deadline.
struct HttpLimits {
  std::size_t connections = 64;
  std::uint32_t header_bytes = 8192;
  // From the accept, or from a later request's first byte, to the request's last byte. What came
  // is answered with 408.
  std::chrono::milliseconds request_deadline{5000};
  // From the response's first byte to its last; then once more for the client to hang up when the
  // server closes.
  std::chrono::milliseconds response_deadline{10000};
  // From one response's last byte to the next request's first.
  std::chrono::milliseconds idle_deadline{30000};
};

}  // namespace ringtail::control
