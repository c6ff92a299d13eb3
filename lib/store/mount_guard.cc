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

using MountId = std::pair<std::uint64_t, std::uint64_t>;

// Nothing if the path cannot be reached.
std::optional<MountId> mount_of(const fs::path& path) {
  struct statx status {};
  // Never goes through the network or an automounter for this.
  const int flags = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  if (::statx(AT_FDCWD, path.c_str(), flags, STATX_MNT_ID, &status) != 0) return std::nullopt;
  if ((status.stx_mask & STATX_MNT_ID) != 0) return MountId{status.stx_mnt_id, 0};
  return MountId{status.stx_dev_major, status.stx_dev_minor};
}

bool is_mount_point(const fs::path& path) {
  const auto mount = mount_of(path);
  return mount && mount != mount_of(path.parent_path()) && mount != mount_of("/");
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
