#include "support/numbered_frame_decoder.h"

#include <algorithm>
#include <optional>

#include "support/big_endian.h"
#include "support/numbered_frame.h"

namespace ringtail::support {
namespace {

// Where the IPv4 header starts, or nothing if the frame holds none.
std::optional<std::size_t> find_ipv4(std::uint32_t linktype, std::span<const std::uint8_t> frame) {
  std::size_t type_at = 0;
  std::size_t packet_at = 0;
  if (linktype == kLinktypeEthernet) {
    type_at = 12;
    packet_at = 14;
  } else if (linktype == kLinktypeCooked) {
    type_at = 14;
    packet_at = 16;
  } else if (linktype == kLinktypeCooked2) {
    packet_at = 20;
  } else {
    return std::nullopt;
  }
  if (frame.size() < packet_at) return std::nullopt;
  auto type = load_big_endian<std::uint16_t>(frame, type_at);
  if (type == kVlanType) {
    packet_at += 4;
    if (frame.size() < packet_at) return std::nullopt;
    type = load_big_endian<std::uint16_t>(frame, packet_at - 2);
  }
  if (type != kIpv4Type) return std::nullopt;
  return packet_at;
}

bool is_ours(std::span<const std::uint8_t> packet) {
  return packet.size() >= kPatternOffset && packet[0] == 0x45 && packet[9] == 17 &&
         load_big_endian<std::uint32_t>(packet, 12) == kNumberedSource &&
         load_big_endian<std::uint32_t>(packet, 16) == kNumberedDestination &&
         load_big_endian<std::uint16_t>(packet, kUdpOffset + 2) == kDestinationPort;
}

bool is_intact(std::span<const std::uint8_t> packet, std::size_t wire_length) {
  if (load_big_endian<std::uint16_t>(packet, 2) != wire_length) return false;
  if (ipv4_checksum(packet.first(kUdpOffset)) != 0) return false;
  if (packet.size() == wire_length) {
    return load_big_endian<std::uint32_t>(packet, kCrcOffset) == packet_crc(packet);
  }
  const auto number = load_big_endian<std::uint64_t>(packet, kNumberOffset);
  return matches_pattern(number, packet.subspan(kPatternOffset));
}

}  // namespace

DecodedFrame decode_numbered_frame(std::uint32_t linktype, std::span<const std::uint8_t> frame,
                                   std::size_t wire_length) {
  const auto packet_at = find_ipv4(linktype, frame);
  if (!packet_at) return {};
  const auto packet = frame.subspan(*packet_at);
  if (!is_ours(packet)) return {};
  const bool addresses_right =
      linktype != kLinktypeEthernet ||
      std::equal(kNumberedFrameAddresses.begin(), kNumberedFrameAddresses.end(), frame.begin());
  if (!addresses_right || !is_intact(packet, wire_length - *packet_at)) {
    return {FrameVerdict::kCorrupt, 0};
  }
  const auto verdict =
      frame.size() == wire_length ? FrameVerdict::kNumbered : FrameVerdict::kTruncated;
  return {verdict, load_big_endian<std::uint64_t>(packet, kNumberOffset)};
}

}  // namespace ringtail::support
