#pragma once

#include <string>

namespace ringtail::base {

// For people, with three digits or two decimals and a prefix for the unit that follows: 1234567 is
// "1.23 M", 17 is "17 ". Not for negative ones.
[[nodiscard]] std::string with_prefix(double value);

}  // namespace ringtail::base
