#pragma once

#include "filter/program.h"

namespace ringtail::filter {

enum class Direction { kIn, kOut, kBoth };

// Whether the packets are those of a loopback interface, where each passes twice, going out and
// coming in: none are, all, or some (a socket on all interfaces).
enum class Loopback { kNone, kAll, kSome };

// The program behind a prefix that rejects the packets of the other direction first. kBoth takes a
// loopback's packets when they come in, so each is taken once.
// Throws std::length_error if the kernel would not take the result.
[[nodiscard]] Program with_direction(const Program& program, Direction direction,
                                     Loopback loopback);

}  // namespace ringtail::filter
