#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/report.h"

namespace ringtail::base {

// Reports only the first of what it is told, by whichever thread: for what many of a kind find out.
[[nodiscard]] inline std::function<void(const std::string&)> report_once(const Reporter& report,
                                                                         Severity severity) {
  return [report, severity,
          told = std::make_shared<std::atomic<bool>>(false)](const std::string& text) {
    if (!told->exchange(true)) report(severity, text);
  };
}

}  // namespace ringtail::base
