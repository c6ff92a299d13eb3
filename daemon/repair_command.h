#pragma once

#include <filesystem>
#include <iosfwd>

namespace ringtail::daemon {

struct RepairOptions {
  std::filesystem::path path;  // a storage directory, a capture's folder or one unfinished file
  bool dry_run = false;        // say what would be done, and change nothing
};

// `ringtail repair [--dry-run] PATH`: finishes the files that a Ringtail which was killed has left,
// as the next one would at its start, and says on `out` what each keeps. What cannot be repaired is
// left alone and named on `err`. Names in a folder from elsewhere are foreign: both have them
// escaped (base/escaped.h). Returns an ExitCode.
[[nodiscard]] int repair_command(const RepairOptions& options, std::ostream& out,
                                 std::ostream& err);

}  // namespace ringtail::daemon
