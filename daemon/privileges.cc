#include "daemon/privileges.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::daemon {
namespace {

constexpr mode_t kFolderMode = 0750;

// "/a" of "/a/" and "/a/.", so that what is above it is above it.
std::filesystem::path without_slash(std::filesystem::path folder) {
  while (folder.has_relative_path() && (!folder.has_filename() || folder.filename() == "."))
    folder = folder.parent_path();
  return folder;
}

// The user must get through them, whatever root's umask.
void make_folders(const std::filesystem::path& folder) {
  constexpr mode_t kOthersMayPass = 022;
  std::error_code error;
  const mode_t before = ::umask(kOthersMayPass);
  std::filesystem::create_directories(folder, error);
  (void)::umask(before);
  if (error) throw std::system_error(error, "making the folder " + folder.string());
}

}  // namespace

void hand_over_folder(const std::filesystem::path& given, const User& user) {
  const std::filesystem::path folder = without_slash(std::filesystem::absolute(given));
  make_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), kFolderMode) != 0) {
    if (errno == EEXIST) return;
    base::throw_errno("mkdir", folder.string());
  }
  // Not by its name: somebody else may have put a link there meanwhile.
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const base::UniqueFd made(base::check(::open(folder.c_str(), flags), "open", folder.string()));
  base::check(::fchown(made.get(), user.uid, user.gid), "fchown", folder.string());
}

void become(const User& user) {
  if (::geteuid() == user.uid && ::getuid() == user.uid) return;
  base::check(capng_get_caps_process(), "capng_get_caps_process", "of this process");
  const bool may_record = capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW) != 0;
  const bool may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
  capng_clear(CAPNG_SELECT_CAPS);
  if (may_record) {
    (void)capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                        CAP_NET_RAW, -1);
  }
  // The bounding set is for programs that gain something when they are started.
  const auto flags = static_cast<capng_flags_t>(CAPNG_INIT_SUPP_GRP |
                                                (may_bound ? CAPNG_CLEAR_BOUNDING : CAPNG_NO_FLAG));
  const int result = capng_change_id(static_cast<int>(user.uid), static_cast<int>(user.gid), flags);
  if (result == 0) return;
  errno = EPERM;  // of which call, the number says
  base::throw_errno("capng_change_id", "to user " + user.name + ": " + std::to_string(result),
                    "it needs CAP_SETUID and CAP_SETGID: start as root, or as that user, or leave "
                    "`user` out");
}

bool may_lock_memory() {
  base::check(capng_get_caps_process(), "capng_get_caps_process", "of this process");
  return capng_have_capability(CAPNG_EFFECTIVE, CAP_IPC_LOCK) != 0;
}

// Without capset(2), which a unit's system call filter may forbid. What stays inheritable is of use
// to files alone that say so themselves (capabilities(7)).
void keep_capabilities_from_programs() {
  base::check(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl",
              "PR_CAP_AMBIENT_CLEAR_ALL");
}

}  // namespace ringtail::daemon
