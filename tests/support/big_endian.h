#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace ringtail::support {

// Network byte order, written out byte by byte: no alignment to respect and no code of the
// recorder's.
template <typename Integer>
void store_big_endian(std::span<std::uint8_t> bytes, std::size_t offset,
                      std::type_identity_t<Integer> value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(Integer) - 1 - i)));
  }
}

template <typename Integer>
[[nodiscard]] Integer load_big_endian(std::span<const std::uint8_t> bytes, std::size_t offset) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = static_cast<Integer>((static_cast<std::uint64_t>(value) << 8) | bytes[offset + i]);
  }
  return value;
}

}  // namespace ringtail::support
