#pragma once

#include <filesystem>

#include "base/report.h"

namespace ringtail::daemon {

// Logging to standard error, from any thread. For a person: time, level, text. When the journal
// reads it (JOURNAL_STREAM is set): the level as the prefix that journald understands, and no time.
void start_logging();

// What the libraries report goes to the log.
[[nodiscard]] base::Reporter log_reporter();

}  // namespace ringtail::daemon
