#pragma once

#include <string>

#include "base/report.h"
#include "capture/capture_options.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// How a capture records one of its interfaces: its link type, and the program of the capture's
// filter and direction for that. Host names in the filter are reported with their addresses. An
// interface that does not exist is taken for Ethernet.
//
// Throws filter::FilterError for a filter that cannot work, std::runtime_error where only this host
// cannot compile it rightly.
[[nodiscard]] capture::InterfaceOptions interface_options(const settings::Capture& capture,
                                                          const std::string& interface,
                                                          const base::Reporter& report);

}  // namespace ringtail::daemon
