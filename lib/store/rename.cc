#include "store/rename.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::store {

namespace fs = std::filesystem;

FileName rename_unused(const fs::path& file, FileName name) {
  for (;;) {
    const fs::path to = file.parent_path() / name.text();
    if (::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
      return name;
    }
    if (errno != EEXIST) base::throw_errno("rename to " + name.text() + " of", file.string());
    name.start += std::chrono::microseconds(1);
  }
}

void sync_folder(const fs::path& folder) {
  const base::UniqueFd fd(base::check(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                      "open", folder.string()));
  base::check(::fsync(fd.get()), "fsync", folder.string());
}

}  // namespace ringtail::store
