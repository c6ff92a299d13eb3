#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::settings {

// Either settings that can work, every derived value filled in, or everything that is wrong: one
// line each, "file:line:column: key.path: what is wrong; what is allowed".
struct Result {
  std::optional<Settings> settings;
  std::vector<std::string> errors;
};

inline constexpr std::size_t kMaxFileBytes = base::kMiB;

// Says what is wrong with a capture's filter or filter_file, each on one line; nothing if it can be
// attached. Settings know nothing of filters: the program knows, and what it says stands among the
// other errors. The capture's other values may be wrong, or missing.
using FilterCheck = std::function<std::vector<std::string>(const Capture&)>;

// Reads settings from a YAML file. A bad file, or none, is never an exception.
[[nodiscard]] Result load(const std::filesystem::path& path, const Host& host,
                          const FilterCheck& check_filter = {});

// The same from text; `name` stands for the file in errors, and relative paths of filter files are
// relative to its folder.
[[nodiscard]] Result parse(std::string_view text, std::string_view name, const Host& host,
                           const FilterCheck& check_filter = {});

}  // namespace ringtail::settings
