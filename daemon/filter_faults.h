#pragma once

#include <string>
#include <vector>

#include "settings/settings.h"

namespace ringtail::daemon {

// What is wrong with the capture's filter, on its interfaces as they are now, a line each; what
// could not be checked goes to `notes`. Compiles, which may take long.
[[nodiscard]] std::vector<std::string> filter_faults(const settings::Capture& capture,
                                                     std::vector<std::string>& notes);

}  // namespace ringtail::daemon
