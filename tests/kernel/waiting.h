#pragma once

#include <poll.h>

#include <chrono>
#include <optional>

#include "ring/rx_ring.h"

namespace ringtail::tests {

using namespace std::chrono_literals;

// The ring's next block, within the deadline.
inline ring::BlockLease take_within(ring::RxRing& ring, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    ring::BlockLease lease = ring.take();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (lease || left <= 0ms) return lease;
    pollfd wait{ring.fd(), POLLIN, 0};
    (void)::poll(&wait, 1, static_cast<int>(std::min(left, 50ms).count()));
  }
}

}  // namespace ringtail::tests
