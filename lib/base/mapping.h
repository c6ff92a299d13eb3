#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace ringtail::base {

// Owns one memory mapping and unmaps it with the size it was made with. `what` names the mapped
// thing in the error that a failure throws (std::system_error).
class Mapping {
 public:
  static Mapping of_file(int fd, std::size_t size_bytes, const char* what);
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
  Mapping(std::byte* memory, std::size_t size_bytes) : memory_(memory, Unmap{size_bytes}) {}
  static Mapping map(int fd, int flags, std::size_t size_bytes, const char* what);

  std::unique_ptr<std::byte, Unmap> memory_;
};

}  // namespace ringtail::base
