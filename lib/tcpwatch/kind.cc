#include "tcpwatch/kind.h"

#include "packet/tcp_flags.h"

namespace ringtail::tcpwatch {

std::uint8_t watched_flags() { return packet::kSyn | packet::kFin | packet::kRst; }

bool is_kind(Kind kind, std::uint8_t tcp_flags) {
  constexpr std::uint8_t kSynAck = packet::kSyn | packet::kAck;
  switch (kind) {
    case Kind::kSyn:
      return (tcp_flags & kSynAck) == packet::kSyn;
    case Kind::kSynAck:
      return (tcp_flags & kSynAck) == kSynAck;
    case Kind::kFin:
      return (tcp_flags & packet::kFin) != 0;
    case Kind::kRst:
      return (tcp_flags & packet::kRst) != 0;
  }
  return false;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kSyn:
      return "syn";
    case Kind::kSynAck:
      return "syn_ack";
    case Kind::kFin:
      return "fin";
    case Kind::kRst:
      return "rst";
  }
  return "";
}

std::string_view name_of(Direction direction) { return direction == Direction::kIn ? "in" : "out"; }

}  // namespace ringtail::tcpwatch
