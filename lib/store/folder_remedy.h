#pragma once

#include <filesystem>
#include <string>

namespace ringtail::store {

// What helps where `error` (an errno) says that we may not write to the folder; empty for others.
[[nodiscard]] std::string folder_remedy(int error, const std::filesystem::path& folder);

}  // namespace ringtail::store
