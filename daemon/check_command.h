#pragma once

#include <filesystem>
#include <iosfwd>

#include "settings/host.h"

namespace ringtail::daemon {

struct CheckOptions {
  std::filesystem::path file;
  bool print = false;  // all effective settings, defaults included
  settings::Host host;
};

// `ringtail check FILE [--print]`: says on `out` that the file is in order, or on `err` everything
// that is wrong with it, one a line. Returns an ExitCode.
[[nodiscard]] int check_command(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace ringtail::daemon
