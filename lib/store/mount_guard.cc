#include "store/mount_guard.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/check.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

struct Mount {
  std::uint64_t id;
  std::pair<std::uint32_t, std::uint32_t> device;
};

// Nothing if the path cannot be reached.
std::optional<Mount> mount_of(const fs::path& path) {
  struct statx status {};
  // Never goes through the network or an automounter for this.
  const int flags = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  if (::statx(AT_FDCWD, path.c_str(), flags, STATX_MNT_ID, &status) != 0) return std::nullopt;
  const bool has_id = (status.stx_mask & STATX_MNT_ID) != 0;
  return Mount{has_id ? status.stx_mnt_id : 0, {status.stx_dev_major, status.stx_dev_minor}};
}

// Of the same file system as `/`, or as the folder around it, there is nothing to be spared.
bool is_mount_point(const fs::path& path) {
  const auto mount = mount_of(path);
  const auto around = mount_of(path.parent_path());
  const auto root = mount_of("/");
  if (!mount || !around || !root) return false;
  const bool other_id = mount->id == 0 || (mount->id != around->id && mount->id != root->id);
  return other_id && mount->device != around->device && mount->device != root->device;
}

}  // namespace

MountGuard::MountGuard(const fs::path& directory) : mount_point_(fs::absolute(directory)) {
  // By names, not by what links lead to: a link is where the mount is expected.
  while (!is_mount_point(mount_point_)) {
    if (mount_point_ == mount_point_.root_path()) {
      throw std::runtime_error(
          directory.string() +
          " is not on a mount of its own (storage.require_mount: mount its disk there)");
    }
    mount_point_ = mount_point_.parent_path();
  }
}

bool MountGuard::holds() const { return is_mount_point(mount_point_); }

void MountGuard::check() const {
  if (holds()) return;
  errno = ENODEV;
  base::throw_errno("looking for the mount at", mount_point_.string(),
                    "storage.require_mount: mount its disk there");
}

}  // namespace ringtail::store
