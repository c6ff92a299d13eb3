#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ringtail::pcapfile {

// 16 bytes in a register of the processor, where it has such.
using Chunk [[gnu::vector_size(16)]] = std::uint8_t;

// Moves kChunks to twice as many: the first and the last of them, which may overlap, and are all
// read before one is written.
template <std::size_t kChunks>
[[gnu::always_inline]] inline void move_ends(std::byte* to, const std::byte* from,
                                             std::size_t bytes) {
  const std::size_t tail = bytes - kChunks * sizeof(Chunk);
  Chunk first[kChunks];
  Chunk last[kChunks];
  for (std::size_t i = 0; i < kChunks; ++i) {
    std::memcpy(&first[i], from + i * sizeof(Chunk), sizeof(Chunk));
    std::memcpy(&last[i], from + tail + i * sizeof(Chunk), sizeof(Chunk));
  }
  for (std::size_t i = 0; i < kChunks; ++i) {
    std::memcpy(to + i * sizeof(Chunk), &first[i], sizeof(Chunk));
    std::memcpy(to + tail + i * sizeof(Chunk), &last[i], sizeof(Chunk));
  }
}

// memmove(3), front to back through a block. By itself the processor fetches little beyond the page
// that it reads: at 1500 bytes a third of all time went into waiting for the next one. So as many
// of the bytes that come are fetched as are moved; behind the block's end that is in vain.
//
// Not inlined: its loop would take registers from the small packets.
[[gnu::noinline]] inline void move_large(std::byte* to, const std::byte* from, std::size_t bytes) {
  constexpr std::size_t kFetchedAhead = 8192;
  constexpr std::size_t kCacheLineBytes = 64;
  for (std::size_t line = 0; line < bytes; line += kCacheLineBytes)
    __builtin_prefetch(from + kFetchedAhead + line);
  std::memmove(to, from, bytes);
}

// Moves a packet down within its block, without a call for the small ones that are most of what
// there is.
[[gnu::always_inline]] inline void move_bytes(std::byte* to, const std::byte* from,
                                              std::size_t bytes) {
  if (bytes >= 32 && bytes <= 64) return move_ends<2>(to, from, bytes);
  if (bytes > 64 && bytes <= 128) return move_ends<4>(to, from, bytes);
  move_large(to, from, bytes);
}

}  // namespace ringtail::pcapfile
