#pragma once

#include <string>

namespace ringtail::support {

// Runs `command` in a shell and waits; throws std::runtime_error with the command and its status
// unless it succeeds. Its error messages go to the test's own output.
void run_command(const std::string& command);

}  // namespace ringtail::support
