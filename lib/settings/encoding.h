#pragma once

#include <optional>
#include <string_view>

#include "settings/report.h"

namespace ringtail::settings {

// The first byte that has no place in a settings file: not UTF-8, or a control character other than
// tab and line end. yaml-cpp replaces the former and ends the file silently at some of the latter.
[[nodiscard]] std::optional<Problem> wrong_encoding(std::string_view text);

}  // namespace ringtail::settings
