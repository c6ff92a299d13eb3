#include "daemon/capture_filter.h"

#include <system_error>
#include <utility>

#include "daemon/recorded_link.h"
#include "filter/direction.h"
#include "filter/expression_file.h"
#include "filter/kernel_check.h"

namespace ringtail::daemon {
namespace {

// Who reads of a fault has not seen the file's text.
std::string in_its_file(const settings::Capture& capture, const std::string& fault) {
  return capture.filter_file.empty() ? fault : capture.filter_file.string() + ": " + fault;
}

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

// Throws filter::FilterError if the kernel does not take the program with what stands in front.
filter::Program with_direction_of(const settings::Capture& capture, const std::string& expression,
                                  const filter::Program& program, filter::Loopback loopback) {
  try {
    filter::Program whole = filter::with_direction(program, direction_of(capture), loopback);
    const std::string refusal = filter::kernel_refusal(whole);
    if (!refusal.empty()) throw filter::FilterError(expression, refusal);
    return whole;
  } catch (const std::length_error& error) {
    throw filter::FilterError(expression, error.what());
  }
}

}  // namespace

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
                                const std::string& interface, int hardware_type) {
  const RecordedLink link = recorded_link(hardware_type);
  try {
    filter::Compiled compiled =
        filter::compile(expression, {.interface = interface,
                                     .link_type = std::string(link.type.name),
                                     .snaplen = capture.snaplen});
    compiled.program = with_direction_of(capture, expression, compiled.program, link.loopback);
    return compiled;
  } catch (const filter::FilterError& error) {
    throw FilterFault(in_its_file(capture, error.one_line()));
  }
}

}  // namespace ringtail::daemon
