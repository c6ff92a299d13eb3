#pragma once

#include <map>
#include <string>

#include "base/report.h"

namespace ringtail::capture {

// Whether the recorded interfaces can deliver packets. Control thread.
class LinkWatch {
 public:
  explicit LinkWatch(base::Reporter report) : report_(std::move(report)) {}

  // Remembers the interface as it is now: a later one of the same name is not the one recorded.
  void add(const std::string& interface);
  // Looks at all of them; reports each change once.
  void check();
  // Why the interface delivers nothing; empty if it can.
  [[nodiscard]] const std::string& problem(const std::string& interface) const {
    return links_.at(interface).problem;
  }

 private:
  struct Link {
    int index = 0;
    std::string problem;
  };
  base::Reporter report_;
  std::map<std::string, Link> links_;
};

}  // namespace ringtail::capture
