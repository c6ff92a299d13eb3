#pragma once

#include <string>

#include "settings/settings.h"

namespace ringtail::settings {

// 16 hexadecimal digits that tell settings with other values apart: FNV-1a of print(). Not what the
// files hold that they name.
[[nodiscard]] std::string fingerprint(const Settings& settings);

}  // namespace ringtail::settings
