#pragma once

#include <cstdint>
#include <string>

#include "ring/interface.h"
#include "ring/rx_ring.h"

namespace ringtail::tests {

inline ring::RxRing open_bound_ring(const std::string& interface, std::uint32_t blocks = 8) {
  ring::RxRing ring = ring::RxRing::open({.interface = interface, .block_count = blocks});
  ring.bind(ring::find_interface(ring.fd(), interface).index);
  return ring;
}

}  // namespace ringtail::tests
