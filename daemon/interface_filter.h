#pragma once

#include <string>
#include <vector>

#include "filter/names.h"
#include "filter/program.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// The filter of one capture for one of its interfaces, which may become another of another hardware
// type: then it is compiled anew. One thread at a time.
class InterfaceFilter {
 public:
  // Compiles for the interface as it is now. Throws FilterFault, and std::runtime_error where this
  // host cannot compile for live packets.
  InterfaceFilter(settings::Capture capture, std::string expression, std::string interface);

  // For packets of an interface of that ARPHRD_*; the program is at hand for the one that the last
  // was for. Throws as the constructor.
  [[nodiscard]] const filter::Program& program_for(int hardware_type);

  // What host names in the expression stand for.
  [[nodiscard]] const std::vector<filter::ResolvedName>& names() const { return names_; }

 private:
  void compile(int hardware_type);

  settings::Capture capture_;
  std::string expression_;
  std::string interface_;
  int hardware_type_ = 0;
  filter::Program program_;
  std::vector<filter::ResolvedName> names_;
};

}  // namespace ringtail::daemon
