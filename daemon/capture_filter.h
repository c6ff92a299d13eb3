#pragma once

#include <stdexcept>
#include <string>

#include "filter/expression.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// Why a capture cannot have its filter: what() is one line, and names the file if it is in one.
class FilterFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What is in the capture's `filter`, or in its `filter_file`. Throws FilterFault if the file cannot
// be read or holds no expression.
[[nodiscard]] std::string expression_of(const settings::Capture& capture);

// The capture's expression and, in front, the test of its direction, compiled for the packets of
// one of its interfaces while that is of this ARPHRD_*, and accepted by the kernel. Throws
// FilterFault, and std::system_error if that cannot be found out.
[[nodiscard]] filter::Compiled compile_filter(const settings::Capture& capture,
                                              const std::string& expression,
                                              const std::string& interface, int hardware_type);

}  // namespace ringtail::daemon
