#include "daemon/check_command.h"

#include <ostream>
#include <string>
#include <vector>

#include "daemon/exit_code.h"
#include "daemon/filter_faults.h"
#include "settings/load.h"
#include "settings/print.h"

namespace ringtail::daemon {
int check_command(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  std::vector<std::string> notes;
  const settings::Result result = settings::load(
      options.file, options.host,
      [&notes](const settings::Capture& capture) { return filter_faults(capture, notes); });
  for (const std::string& error : result.errors) err << error << '\n';
  if (!result.settings) return kBadConfiguration;

  for (const std::string& note : notes) err << options.file.string() << ": " << note << '\n';
  if (options.print)
    out << settings::print(*result.settings);
  else
    out << options.file.string() << ": ok\n";
  // `check --print > file` on a full disk must not look like success.
  if (out.flush()) return kOk;
  err << options.file.string() << ": is in order, but the output cannot be written\n";
  return kFailure;
}

}  // namespace ringtail::daemon
