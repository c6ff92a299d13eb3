#pragma once

#include <string>

#include "settings/settings.h"

namespace ringtail::settings {

// Every key with its effective value as YAML, which `parse` reads back to the same settings.
[[nodiscard]] std::string print(const Settings& settings);

}  // namespace ringtail::settings
