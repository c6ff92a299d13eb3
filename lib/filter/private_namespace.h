#pragma once

#include <system_error>

namespace ringtail::filter {

// Puts the calling process, which has one thread and is not to come back, into user and network
// namespaces of its own with `lo` up: there it may make packet sockets whoever it is, and there is
// no traffic. Nor is there a network, so names have to be resolved before.
[[nodiscard]] std::error_code enter_private_namespace();

}  // namespace ringtail::filter
