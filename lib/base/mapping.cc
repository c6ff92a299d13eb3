#include "base/mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

#include "base/check.h"

namespace ringtail::base {
namespace {

// An address where nothing is mapped now, for so many bytes and a multiple of `alignment`.
void* find_room(std::size_t size_bytes, std::size_t alignment, const char* what) {
  const std::size_t room_bytes = size_bytes + alignment;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* room = ::mmap(nullptr, room_bytes, PROT_NONE, kFlags, -1, 0);
  if (room == MAP_FAILED) throw_errno("mmap", what);
  (void)::munmap(room, room_bytes);
  auto* begin = static_cast<std::byte*>(room);
  return begin + (-reinterpret_cast<std::uintptr_t>(begin) & (alignment - 1));
}

}  // namespace

void Mapping::Unmap::operator()(std::byte* memory) const { (void)::munmap(memory, size_bytes); }

Mapping Mapping::of_file(int fd, std::size_t size_bytes, std::size_t alignment, const char* what) {
  constexpr int kFlags = MAP_SHARED | MAP_FIXED_NOREPLACE;
  void* memory = MAP_FAILED;
  do {
    void* room = find_room(size_bytes, alignment, what);
    memory = ::mmap(room, size_bytes, PROT_READ | PROT_WRITE, kFlags, fd, 0);
  } while (memory == MAP_FAILED && errno == EEXIST);  // another thread has taken it
  if (memory == MAP_FAILED) throw_errno("mmap", what);
  return {memory, size_bytes};
}

Mapping Mapping::anonymous(std::size_t size_bytes, const char* what) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
  void* memory = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, kFlags, -1, 0);
  if (memory == MAP_FAILED) throw_errno("mmap", what);
  return {memory, size_bytes};
}

}  // namespace ringtail::base
