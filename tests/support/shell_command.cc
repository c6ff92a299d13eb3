#include "support/shell_command.h"

#include <sys/wait.h>

#include <cstdlib>
#include <stdexcept>

namespace ringtail::support {

void run_command(const std::string& command) {
  // Only tests give commands, none of it comes from outside.
  const int status =
      std::system(command.c_str());  // NOLINT(bugprone-command-processor,cert-env33-c)
  if (status == 0) return;
  const bool exited = status >= 0 && WIFEXITED(status);
  throw std::runtime_error("'" + command + "' failed with status " +
                           std::to_string(exited ? WEXITSTATUS(status) : status));
}

}  // namespace ringtail::support
