#include "packet/tcp_flags.h"

#include <algorithm>

namespace ringtail::packet {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;
constexpr std::size_t kEtherTypeOffset = 12;
constexpr std::size_t kTagBytes = 4;
constexpr std::size_t kIpv4HeaderBytes = 20;
constexpr std::size_t kIpv6HeaderBytes = 40;
constexpr std::size_t kExtensionUnitBytes = 8;
constexpr std::size_t kTcpHeaderBytes = 20;

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kDestinationOptions = 60;

std::uint8_t byte_at(Bytes bytes, std::size_t offset) {
  return std::to_integer<std::uint8_t>(bytes[offset]);
}

std::uint16_t word_at(Bytes bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(byte_at(bytes, offset) << 8U | byte_at(bytes, offset + 1));
}

bool is_tag(std::uint16_t ethertype) {
  return ethertype == 0x8100 || ethertype == 0x88A8 || ethertype == 0x9100;
}

// The first `stated` bytes, which may be more than there are; all if nothing is stated.
Bytes as_stated(Bytes bytes, std::size_t stated, bool is_stated) {
  return is_stated ? bytes.first(std::min(bytes.size(), stated)) : bytes;
}

std::optional<std::uint8_t> flags_of_segment(Bytes segment) {
  if (segment.size() < kTcpHeaderBytes) return std::nullopt;
  const std::size_t header_bytes = (byte_at(segment, 12) >> 4U) * std::size_t{4};
  if (header_bytes < kTcpHeaderBytes) return std::nullopt;
  return byte_at(segment, 13);
}

std::optional<std::uint8_t> flags_of_ipv4(Bytes packet) {
  if (packet.size() < kIpv4HeaderBytes || byte_at(packet, 0) >> 4U != 4) return std::nullopt;
  const std::size_t header_bytes = (byte_at(packet, 0) & 0x0FU) * std::size_t{4};
  const bool is_first_fragment = (word_at(packet, 6) & 0x1FFFU) == 0;
  if (!is_first_fragment || byte_at(packet, 9) != kTcp) return std::nullopt;
  const std::uint16_t total_bytes = word_at(packet, 2);
  packet = as_stated(packet, total_bytes, total_bytes != 0);
  if (header_bytes < kIpv4HeaderBytes || header_bytes > packet.size()) return std::nullopt;
  return flags_of_segment(packet.subspan(header_bytes));
}

std::optional<std::uint8_t> flags_of_ipv6(Bytes packet) {
  if (packet.size() < kIpv6HeaderBytes || byte_at(packet, 0) >> 4U != 6) return std::nullopt;
  const std::uint16_t payload_bytes = word_at(packet, 4);
  std::uint8_t next = byte_at(packet, 6);
  Bytes rest = as_stated(packet.subspan(kIpv6HeaderBytes), payload_bytes, payload_bytes != 0);
  for (unsigned headers = 0; headers < kMaxExtensionHeaders && next != kTcp; ++headers) {
    if (rest.size() < kExtensionUnitBytes) return std::nullopt;
    std::size_t header_bytes = kExtensionUnitBytes;
    switch (next) {
      case kFragment:
        if (word_at(rest, 2) >> 3U != 0) return std::nullopt;  // not the first
        break;
      case kHopByHop:
      case kRouting:
      case kDestinationOptions:
        header_bytes += byte_at(rest, 1) * kExtensionUnitBytes;
        break;
      default:
        return std::nullopt;
    }
    if (header_bytes > rest.size()) return std::nullopt;
    next = byte_at(rest, 0);
    rest = rest.subspan(header_bytes);
  }
  return next == kTcp ? flags_of_segment(rest) : std::nullopt;
}

}  // namespace

std::optional<std::uint8_t> tcp_flags_of_ethernet(Bytes frame) {
  std::size_t offset = kEtherTypeOffset;
  for (unsigned tags = 0; frame.size() >= offset + 2; ++tags, offset += kTagBytes) {
    const std::uint16_t ethertype = word_at(frame, offset);
    if (!is_tag(ethertype)) return tcp_flags_of_network(ethertype, frame.subspan(offset + 2));
    if (tags == kMaxTags) break;
  }
  return std::nullopt;
}

std::optional<std::uint8_t> tcp_flags_of_network(std::uint16_t ethertype, Bytes packet) {
  if (ethertype == kIpv4) return flags_of_ipv4(packet);
  if (ethertype == kIpv6) return flags_of_ipv6(packet);
  return std::nullopt;
}

}  // namespace ringtail::packet
