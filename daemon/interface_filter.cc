#include "daemon/interface_filter.h"

#include <stdexcept>
#include <utility>

#include "daemon/capture_filter.h"
#include "daemon/recorded_link.h"

namespace ringtail::daemon {

InterfaceFilter::InterfaceFilter(settings::Capture capture, std::string expression,
                                 std::string interface)
    : capture_(std::move(capture)),
      expression_(std::move(expression)),
      interface_(std::move(interface)) {
  compile(hardware_type_of(interface_));
}

const filter::Program& InterfaceFilter::program_for(int hardware_type) {
  if (hardware_type != hardware_type_) compile(hardware_type);
  return program_;
}

void InterfaceFilter::compile(int hardware_type) {
  filter::Compiled compiled = compile_filter(capture_, expression_, interface_, hardware_type);
  // A program that may be wrong would leave out packets without a word. The expression is not at
  // fault, this host is.
  if (!compiled.unchecked.empty())
    throw std::runtime_error(filter::FilterError(expression_, compiled.unchecked).one_line());
  hardware_type_ = hardware_type;
  program_ = std::move(compiled.program);
  names_ = std::move(compiled.names);
}

}  // namespace ringtail::daemon
