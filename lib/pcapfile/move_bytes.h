#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace ringtail::pcapfile {

// 16 bytes in a register of the processor, where it has such.
using Chunk [[gnu::vector_size(16)]] = std::uint8_t;

[[gnu::always_inline]] inline Chunk load_chunk(const std::byte* from) {
  Chunk chunk;
  std::memcpy(&chunk, from, sizeof chunk);
  return chunk;
}
[[gnu::always_inline]] inline void store_chunk(std::byte* to, Chunk chunk) {
  std::memcpy(to, &chunk, sizeof chunk);
}

// Moves as many chunks as there are numbers to twice as many: the first and the last of them, which
// may overlap, and are all read before one is written. Without a loop, which would have them lie in
// memory in between.
template <std::size_t... kNumbers>
[[gnu::always_inline]] inline void move_ends(std::byte* to, const std::byte* from,
                                             std::size_t bytes,
                                             std::index_sequence<kNumbers...> /*numbers*/) {
  constexpr std::size_t kCount = sizeof...(kNumbers);
  const std::size_t tail = bytes - kCount * sizeof(Chunk);
  const Chunk first[] = {load_chunk(from + kNumbers * sizeof(Chunk))...};
  const Chunk last[] = {load_chunk(from + tail + kNumbers * sizeof(Chunk))...};
  (store_chunk(to + kNumbers * sizeof(Chunk), first[kNumbers]), ...);
  (store_chunk(to + tail + kNumbers * sizeof(Chunk), last[kNumbers]), ...);
}

// Moves a packet down within its block, without a call for the small ones that are most of what
// there is.
[[gnu::always_inline]] inline void move_bytes(std::byte* to, const std::byte* from,
                                              std::size_t bytes) {
  if (bytes >= 32 && bytes <= 64) return move_ends(to, from, bytes, std::make_index_sequence<2>());
  if (bytes > 64 && bytes <= 128) return move_ends(to, from, bytes, std::make_index_sequence<4>());
  std::memmove(to, from, bytes);
}

}  // namespace ringtail::pcapfile
