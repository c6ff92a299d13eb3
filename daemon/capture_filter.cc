#include "daemon/capture_filter.h"

#include <net/if_arp.h>

#include <system_error>

#include "daemon/filter_target.h"
#include "filter/expression_file.h"
#include "filter/kernel_check.h"

namespace ringtail::daemon {
namespace {

// Who reads of a fault has not seen the file's text.
std::string in_its_file(const settings::Capture& capture, const std::string& fault) {
  return capture.filter_file.empty() ? fault : capture.filter_file.string() + ": " + fault;
}

// Throws filter::FilterError if the kernel does not take the program with what stands in front.
void check_with_direction(const settings::Capture& capture, const std::string& expression,
                          const filter::Program& program, bool loopback) {
  try {
    const std::string refusal =
        filter::kernel_refusal(filter::with_direction(program, direction_of(capture), loopback));
    if (!refusal.empty()) throw filter::FilterError(expression, refusal);
  } catch (const std::length_error& error) {
    throw filter::FilterError(expression, error.what());
  }
}

}  // namespace

filter::Direction direction_of(const settings::Capture& capture) {
  switch (capture.direction) {
    case settings::Direction::kIn:
      return filter::Direction::kIn;
    case settings::Direction::kOut:
      return filter::Direction::kOut;
    case settings::Direction::kBoth:
      break;
  }
  return filter::Direction::kBoth;
}

std::string expression_of(const settings::Capture& capture) {
  if (capture.filter_file.empty()) return capture.filter;
  std::string text;
  try {
    text = filter::read_expression_file(capture.filter_file);
  } catch (const std::system_error& error) {
    throw FilterFault(error.what());
  } catch (const std::length_error& error) {
    throw FilterFault(error.what());
  }
  // The end of the expression, not that of its last line, is a place that an error may name.
  text.resize(text.find_last_not_of(" \t\r\n") + 1);  // npos + 1 is 0: all blanks
  if (text.empty()) {
    throw FilterFault(
        in_its_file(capture, "holds no expression; leave filter_file out to record everything"));
  }
  return text;
}

filter::Compiled compile_filter(const settings::Capture& capture, const std::string& expression,
                                const std::string& interface) {
  const filter::Target target = filter_target(interface, capture.snaplen);
  try {
    filter::Compiled compiled = filter::compile(expression, target);
    check_with_direction(capture, expression, compiled.program,
                         target.hardware_type == ARPHRD_LOOPBACK);
    return compiled;
  } catch (const filter::FilterError& error) {
    throw FilterFault(in_its_file(capture, error.one_line()));
  }
}

}  // namespace ringtail::daemon
