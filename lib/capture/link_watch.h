#pragma once

#include <map>
#include <string>

#include "base/report.h"
#include "base/unique_fd.h"

namespace ringtail::capture {

// Whether the recorded interfaces can deliver packets. Control thread.
class LinkWatch {
 public:
  explicit LinkWatch(base::Reporter report);

  // An interface that is to be recorded, as it is now: a later one of the same name is another.
  // Throws std::system_error if there is none.
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
  base::UniqueFd socket_;
  std::map<std::string, Link> links_;
};

}  // namespace ringtail::capture
