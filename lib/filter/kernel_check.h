#pragma once

#include <string>

#include "filter/program.h"

namespace ringtail::filter {

// Why the kernel refuses to attach the program, with a remedy where there is one; empty if it takes
// it. Needs no privilege: the program is tried on a socket that nobody sends to.
[[nodiscard]] std::string kernel_refusal(const Program& program);

}  // namespace ringtail::filter
