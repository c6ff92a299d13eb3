#include "daemon/filter_faults.h"

#include <algorithm>
#include <cstddef>
#include <system_error>

#include "daemon/capture_filter.h"
#include "daemon/recorded_link.h"

namespace ringtail::daemon {
namespace {

// What is said about a capture's interfaces, each thing once however many they are.
class Findings {
 public:
  void add(const std::string& text, const std::string& interface) {
    const auto known = std::ranges::find(findings_, text, &Finding::text);
    if (known == findings_.end())
      findings_.push_back({text, interface, 1});
    else
      known->add(interface);
  }

  // Of `interfaces` altogether: where only some of them are concerned, they are named.
  [[nodiscard]] std::vector<std::string> lines(std::size_t interfaces) const {
    std::vector<std::string> lines;
    for (const Finding& finding : findings_)
      lines.push_back(finding.count == interfaces
                          ? finding.text
                          : "on " + finding.interfaces + ": " + finding.text);
    return lines;
  }

 private:
  struct Finding {
    std::string text;
    std::string interfaces;
    std::size_t count = 0;

    void add(const std::string& interface) {
      interfaces.append(", ").append(interface);
      ++count;
    }
  };

  std::vector<Finding> findings_;
};

}  // namespace

std::vector<std::string> filter_faults(const settings::Capture& capture,
                                       std::vector<std::string>& notes) {
  // Without interfaces, which is an error of its own, as if for Ethernet.
  const std::vector<std::string> any_ethernet = {""};
  const auto& interfaces = capture.interfaces.empty() ? any_ethernet : capture.interfaces;
  std::string expression;
  try {
    expression = expression_of(capture);
  } catch (const FilterFault& fault) {
    return {fault.what()};
  }
  Findings faults;
  Findings unchecked;
  for (const std::string& interface : interfaces) {
    try {
      const filter::Compiled compiled =
          compile_filter(capture, expression, interface, hardware_type_of(interface));
      if (!compiled.unchecked.empty()) unchecked.add(compiled.unchecked, interface);
    } catch (const FilterFault& fault) {
      faults.add(fault.what(), interface);
    } catch (const std::system_error& error) {
      faults.add(std::string("cannot be checked: ") + error.what(), interface);
    }
  }
  for (const std::string& reason : unchecked.lines(interfaces.size()))
    notes.push_back("the filter of capture " + capture.name +
                    " could not be checked fully: " + reason);
  return faults.lines(interfaces.size());
}

}  // namespace ringtail::daemon
