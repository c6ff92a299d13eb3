#pragma once

#include "filter/program.h"

namespace ringtail::filter {

enum class Direction { kIn, kOut, kBoth };

// The program behind a prefix that rejects the packets of the other direction first. On a loopback
// interface each packet passes twice, going out and coming in: kBoth takes the one that comes in.
// Throws std::length_error if the kernel would not take the result.
[[nodiscard]] Program with_direction(const Program& program, Direction direction, bool loopback);

}  // namespace ringtail::filter
