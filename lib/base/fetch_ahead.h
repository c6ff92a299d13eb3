#pragma once

#include <cstddef>

namespace ringtail::base {

// For who goes through memory front to back, piece by piece: has the CPU fetch into its cache what
// comes two pages later, as many bytes as this piece has. By itself it fetches little beyond the
// page that is read. What lies behind the memory's end, whatever it is, is fetched in vain.
[[gnu::always_inline]] inline void fetch_ahead(const std::byte* piece, std::size_t bytes) {
  constexpr std::size_t kDistanceBytes = 8192;
  constexpr std::size_t kCacheLineBytes = 64;
  for (std::size_t line = 0; line < bytes; line += kCacheLineBytes)
    __builtin_prefetch(piece + kDistanceBytes + line);
}

}  // namespace ringtail::base
