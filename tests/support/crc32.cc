#include "support/crc32.h"

#include <array>
#include <cstddef>

namespace ringtail::support {
namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320;
constexpr std::size_t kSlices = 8;  // bytes a step: a bytewise table is about five times slower

using Table = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Table make_table() {
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    }
    table[0][byte] = value;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t value = table[slice - 1][byte];
      table[slice][byte] = (value >> 8) ^ table[0][value & 0xFF];
    }
  }
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t previous) {
  std::uint32_t crc = ~previous;
  std::size_t at = 0;
  for (; bytes.size() - at >= kSlices; at += kSlices) {
    const std::uint8_t* step = bytes.data() + at;
    crc = kTable[7][(crc ^ step[0]) & 0xFF] ^ kTable[6][((crc >> 8) ^ step[1]) & 0xFF] ^
          kTable[5][((crc >> 16) ^ step[2]) & 0xFF] ^ kTable[4][(crc >> 24) ^ step[3]] ^
          kTable[3][step[4]] ^ kTable[2][step[5]] ^ kTable[1][step[6]] ^ kTable[0][step[7]];
  }
  for (; at < bytes.size(); ++at) crc = (crc >> 8) ^ kTable[0][(crc ^ bytes[at]) & 0xFF];
  return ~crc;
}

}  // namespace ringtail::support
