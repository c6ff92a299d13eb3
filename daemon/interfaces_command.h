#pragma once

#include <iosfwd>

namespace ringtail::daemon {

struct InterfacesOptions {
  bool stats = false;  // with counters
  bool json = false;   // in place of a table
};

// `ringtail interfaces`: lists on `out` the interfaces of this network namespace and `any`. Needs
// no privilege. Returns an ExitCode; throws std::runtime_error if the kernel does not list them.
[[nodiscard]] int interfaces_command(const InterfacesOptions& options, std::ostream& out,
                                     std::ostream& err);

}  // namespace ringtail::daemon
