#pragma once

#include <filesystem>
#include <string_view>

namespace ringtail::support {

// A folder of its own for the time of a scope, removed with all it holds. It lies below
// RINGTAIL_TEST_DIR, or else TMPDIR, or else /var/tmp: on a disk, because tmpfs has no direct
// writes.
class TempFolder {
 public:
  // Throws std::system_error.
  explicit TempFolder(std::string_view prefix = "ringtail-test");
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ringtail::support
