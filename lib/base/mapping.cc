#include "base/mapping.h"

#include <sys/mman.h>

#include "base/check.h"

namespace ringtail::base {

void Mapping::Unmap::operator()(std::byte* memory) const { (void)::munmap(memory, size_bytes); }

Mapping Mapping::map(int fd, int flags, std::size_t size_bytes, const char* what) {
  void* memory = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (memory == MAP_FAILED) throw_errno("mmap", what);
  return {static_cast<std::byte*>(memory), size_bytes};
}

Mapping Mapping::of_file(int fd, std::size_t size_bytes, const char* what) {
  return map(fd, MAP_SHARED, size_bytes, what);
}

Mapping Mapping::anonymous(std::size_t size_bytes, const char* what) {
  return map(-1, MAP_PRIVATE | MAP_ANONYMOUS, size_bytes, what);
}

}  // namespace ringtail::base
