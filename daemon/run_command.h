#pragma once

#include <filesystem>
#include <optional>

#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::daemon {

struct RunOptions {
  std::optional<std::filesystem::path> config;        // without: the quick start, with status lines
  settings::Format format = settings::Format::kPcap;  // of that
  settings::Host host;
};

// `ringtail run [--config FILE | --format FORMAT]`: records until it is told to stop. Returns an
// ExitCode; errors go to the log.
[[nodiscard]] int run_command(const RunOptions& options);

}  // namespace ringtail::daemon
