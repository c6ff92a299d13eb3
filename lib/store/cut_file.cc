#include "store/cut_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

namespace ringtail::store {

void cut_file(int fd, std::uint64_t size_bytes, const std::string& path) {
  struct stat status {};
  base::check(::fstat(fd, &status), "fstat", path);
  base::check(::ftruncate(fd, static_cast<off_t>(size_bytes)), "ftruncate", path);
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, status.st_mtim};
  base::check(::futimens(fd, times), "futimens", path);
}

}  // namespace ringtail::store
