#pragma once

#include <filesystem>

#include "store/file_name.h"

namespace ringtail::store {

// Gives the file this name in its folder and never replaces another: while one has it already (the
// clock was set back, say), the start in the name moves on by a microsecond. Returns the name that
// it got. Throws std::system_error.
[[nodiscard]] FileName rename_unused(const std::filesystem::path& file, FileName name);

// Makes what was renamed in the folder durable. Throws std::system_error.
void sync_folder(const std::filesystem::path& folder);

}  // namespace ringtail::store
