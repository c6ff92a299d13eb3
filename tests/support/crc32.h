#pragma once

#include <cstdint>
#include <span>

namespace ringtail::support {

// The CRC-32 of Ethernet and zlib (Python: zlib.crc32). `previous` continues an earlier result, so
// that a range with a gap can be summed piece by piece.
[[nodiscard]] std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t previous = 0);

}  // namespace ringtail::support
