#pragma once

#include <filesystem>
#include <stdexcept>

#include "base/unique_fd.h"

namespace ringtail::store {

// Another process records to the directory.
class DirectoryInUse : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The lock of a storage directory (flock(2) on its file .lock): who has it may write and delete its
// files. It is held while the descriptor is open, and ends with the process however that ends.
// Makes the file. Throws DirectoryInUse, or std::system_error.
[[nodiscard]] base::UniqueFd lock_directory(const std::filesystem::path& directory);

// The same without making the file: empty if there is none, so that nobody records to the folder.
[[nodiscard]] base::UniqueFd lock_if_recorded_to(const std::filesystem::path& folder);

}  // namespace ringtail::store
