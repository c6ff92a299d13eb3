#include "daemon/check_command.h"

#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "daemon/exit_code.h"
#include "daemon/filter_target.h"
#include "settings/load.h"
#include "settings/print.h"

namespace ringtail::daemon {
namespace {

// What is wrong with the capture's filter; what could not be checked goes to `notes`.
std::string filter_fault(const settings::Capture& capture, std::vector<std::string>& notes) {
  try {
    const filter::Compiled compiled =
        filter::compile(capture.filter, filter_target(capture.interfaces[0], capture.snaplen));
    if (!compiled.unchecked.empty()) {
      notes.push_back("the filter of capture " + capture.name +
                      " could not be checked fully: " + compiled.unchecked);
    }
    return {};
  } catch (const filter::FilterError& error) {
    return error.one_line();
  } catch (const std::system_error& error) {
    return std::string("cannot be checked: ") + error.what();
  }
}

}  // namespace

int check_command(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  std::vector<std::string> notes;
  const settings::Result result = settings::load(
      options.file, options.host,
      [&notes](const settings::Capture& capture) { return filter_fault(capture, notes); });
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
