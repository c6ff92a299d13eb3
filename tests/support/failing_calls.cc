// A library to preload into the recorder: has its file system calls fail, or hang, while a file
// says so. The file is named by RINGTAIL_FAILING_CALLS; each of its lines is a call and the errno
// that it fails with, or a call and 0 for one that hangs until the line is gone:
//
//   pwritev2 5
//   fdatasync 0

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

namespace {

// What the file says of the call; the file is read anew each time.
std::optional<int> fault_of(const char* call) {
  const char* path = std::getenv("RINGTAIL_FAILING_CALLS");
  FILE* file = path == nullptr ? nullptr : std::fopen(path, "re");
  if (file == nullptr) return std::nullopt;
  char name[64];
  int error = 0;
  std::optional<int> found;
  while (std::fscanf(file, "%63s %d", name, &error) == 2)
    if (std::string(name) == call) found = error;
  (void)std::fclose(file);
  return found;
}

// Whether the call is to fail: errno is set then.
bool fails(const char* call) {
  while (const auto fault = fault_of(call)) {
    if (*fault != 0) {
      errno = *fault;
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

template <typename Function>
Function* real(const char* call) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, call));
}

}  // namespace

extern "C" {

ssize_t pwritev2(int fd, const iovec* parts, int count, off_t offset, int flags) {
  if (fails("pwritev2")) return -1;
  return real<decltype(pwritev2)>("pwritev2")(fd, parts, count, offset, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  if (fails("fallocate")) return -1;
  return real<decltype(fallocate)>("fallocate")(fd, mode, offset, size);
}

int fdatasync(int fd) {
  if (fails("fdatasync")) return -1;
  return real<decltype(fdatasync)>("fdatasync")(fd);
}

int fsync(int fd) {
  if (fails("fsync")) return -1;
  return real<decltype(fsync)>("fsync")(fd);
}

int ftruncate(int fd, off_t size) noexcept {
  if (fails("ftruncate")) return -1;
  return real<int(int, off_t)>("ftruncate")(fd, size);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (fails("renameat2")) return -1;
  return real<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from,
                                                                              to_folder, to, flags);
}
}
