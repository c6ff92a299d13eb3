#pragma once

#include <cstdint>
#include <string>

#include "filter/expression.h"

namespace ringtail::daemon {

// What an expression is compiled for, so that its program suits the packets of the interface. An
// interface that does not exist, or not yet, is taken for Ethernet.
[[nodiscard]] filter::Target filter_target(const std::string& interface, std::uint32_t snaplen);

}  // namespace ringtail::daemon
