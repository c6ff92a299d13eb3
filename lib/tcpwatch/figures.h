#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "tcpwatch/kind.h"
#include "tcpwatch/moment.h"
#include "tcpwatch/tally.h"

namespace ringtail::tcpwatch {

struct Figure {
  std::uint64_t total = 0;  // packets
  std::uint64_t rate = 0;   // those of the last whole second
  std::uint64_t peak = 0;   // the highest such rate of the last minute
  bool operator==(const Figure&) const = default;
};
using Figures = Table<Figure>;

// The sums over workers. A second is looked at `delay` after its end, so that the packets of its
// last moment have come in from all workers; what a worker that is later than that adds is in the
// peak. Without packets the rate is 0, nobody has to say so.
[[nodiscard]] Figures figures_of(std::span<const Tally* const> workers, const Moment& now,
                                 std::chrono::nanoseconds delay);

}  // namespace ringtail::tcpwatch
