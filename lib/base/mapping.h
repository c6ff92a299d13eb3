#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace ringtail::base {

// Owns one memory mapping and unmaps it with the size it was made with. `what` names the mapped
// thing in the error that a failure throws (std::system_error).
class Mapping {
 public:
  // From its beginning, at an address that is a multiple of `alignment` (a power of two, of whole
  // pages).
  static Mapping of_file(int fd, std::size_t size_bytes, std::size_t alignment, const char* what);
  static Mapping anonymous(std::size_t size_bytes, const char* what);

  Mapping() : memory_(nullptr, Unmap{}) {}
  [[nodiscard]] std::byte* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return memory_.get_deleter().size_bytes; }
  [[nodiscard]] std::span<std::byte> bytes() const { return {data(), size()}; }

 private:
  struct Unmap {
    std::size_t size_bytes = 0;
    void operator()(std::byte* memory) const;
  };
  Mapping(void* memory, std::size_t size_bytes)
      : memory_(static_cast<std::byte*>(memory), Unmap{size_bytes}) {}

  std::unique_ptr<std::byte, Unmap> memory_;
};

}  // namespace ringtail::base
