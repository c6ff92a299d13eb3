#pragma once

#include <filesystem>

namespace ringtail::store {

// Makes sure that a directory lies on a mount of its own, so that a disk that is not mounted does
// not send the recording to the one below it. It must be another mount by its id (statx,
// Linux 5.8), as a subvolume of btrfs has a device of its own, and another device: systemd binds
// the folders of a unit with ProtectSystem=strict to themselves, mounted disk or not.
//
// Used by one thread at a time.
class MountGuard {
 public:
  // The directory need not exist yet. Throws std::runtime_error if it lies, or would, on the mount
  // of the root directory.
  explicit MountGuard(const std::filesystem::path& directory);

  // Whether what was mounted at the start, or something in its place, still is.
  [[nodiscard]] bool holds() const;
  // Throws std::system_error if not.
  void check() const;

  [[nodiscard]] const std::filesystem::path& mount_point() const { return mount_point_; }

 private:
  std::filesystem::path mount_point_;
};

}  // namespace ringtail::store
