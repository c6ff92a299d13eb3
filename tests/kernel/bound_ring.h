#pragma once

#include <string>

#include "ring/interface.h"
#include "ring/rx_ring.h"

namespace ringtail::tests {

// Of eight blocks.
inline ring::RxRing open_bound_ring(const std::string& interface) {
  ring::RxRing ring = ring::RxRing::open({.interface = interface, .block_count = 8});
  ring.bind(ring::find_interface(ring.fd(), interface).index);
  return ring;
}

}  // namespace ringtail::tests
