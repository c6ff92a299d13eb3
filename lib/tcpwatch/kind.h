#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringtail::tcpwatch {

// What a TCP packet counts as. One packet may be several: with SYN and FIN it is a SYN and a FIN.
enum class Kind : std::uint8_t {
  kSyn,     // SYN without ACK
  kSynAck,  // SYN and ACK
  kFin,
  kRst,
};
inline constexpr std::size_t kKindCount = 4;

enum class Direction : std::uint8_t { kIn, kOut };
inline constexpr std::size_t kDirectionCount = 2;

// Something for each direction and kind.
template <typename Value>
using Table = std::array<std::array<Value, kKindCount>, kDirectionCount>;

template <typename Value>
[[nodiscard]] constexpr Value& cell(Table<Value>& table, Direction direction, Kind kind) {
  return table[static_cast<std::size_t>(direction)][static_cast<std::size_t>(kind)];
}
template <typename Value>
[[nodiscard]] constexpr const Value& cell(const Table<Value>& table, Direction direction,
                                          Kind kind) {
  return table[static_cast<std::size_t>(direction)][static_cast<std::size_t>(kind)];
}

// A packet that has one of them is watched.
[[nodiscard]] std::uint8_t watched_flags();

[[nodiscard]] bool is_kind(Kind kind, std::uint8_t tcp_flags);

// As in the names of metrics: "syn", "syn_ack", "fin", "rst".
[[nodiscard]] std::string_view name_of(Kind kind);
// "in", "out".
[[nodiscard]] std::string_view name_of(Direction direction);

}  // namespace ringtail::tcpwatch
