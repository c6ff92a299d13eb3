#include "store/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <string>

#include "base/check.h"
#include "store/file_name.h"
#include "store/folder_remedy.h"

namespace ringtail::store {
namespace {

std::string lock_file(const std::filesystem::path& directory) {
  return (directory / ".lock").string();
}

void take(const base::UniqueFd& file, const std::filesystem::path& directory) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) {
    throw DirectoryInUse("another ringtail records to " + directory.string() +
                         " (stop it, or give this one a storage.directory of its own)");
  }
  base::throw_errno("flock", lock_file(directory));
}

}  // namespace

base::UniqueFd lock_directory(const std::filesystem::path& directory) {
  const std::string path = lock_file(directory);
  base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (!file) base::throw_errno("open", path, folder_remedy(errno, directory));
  take(file, directory);
  return file;
}

base::UniqueFd lock_if_recorded_to(const std::filesystem::path& folder) {
  const std::string path = lock_file(folder);
  base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return {};
  base::check(file.get(), "open", path);
  take(file, folder);
  return file;
}

}  // namespace ringtail::store
