#pragma once

#include <filesystem>
#include <iosfwd>

namespace ringtail::daemon {

// Removes the sidecars in the folder whose files are gone, and rebuilds those that are missing or
// damaged; with `dry_run` it only says so. False if something is left alone; `err` says what and
// why. Throws std::filesystem::filesystem_error if the folder cannot be read.
[[nodiscard]] bool repair_sidecars(const std::filesystem::path& folder, bool dry_run,
                                   std::ostream& out, std::ostream& err);

}  // namespace ringtail::daemon
