#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "support/frame_shape.h"

namespace ringtail::support {

// A numbered test frame: it says which one it is, and whether any byte of it was changed.
//
//   bytes  what
//   0-5    destination 02:52:54:00:00:02
//   6-11   source      02:52:54:00:00:01
//   (4)    802.1Q tag, if asked for: 81 00, identifier; shifts all that follows
//   12-13  08 00
//   14-33  IPv4 without options: 10.82.84.1 > 10.82.84.2, don't fragment, TTL 64, identification =
//          low 16 bits of the number, valid header checksum, total length = all that follows
//   34-41  UDP: source port 20000 + number % flows, destination port 8284, checksum 0
//   42-49  number, 64 bits big-endian
//   50-53  CRC-32 (zlib's) of everything from the IPv4 header on except these four bytes
//   54-    pattern: 64-bit big-endian words, word k = (number + 1) * 0x9E3779B97F4A7C15 + k *
//          0xD1B54A32D192ED03, the last one cut off where the frame ends
constexpr std::array<std::uint8_t, 12> kNumberedFrameAddresses = {0x02, 0x52, 0x54, 0, 0, 2,
                                                                  0x02, 0x52, 0x54, 0, 0, 1};
constexpr std::uint16_t kIpv4Type = 0x0800;
constexpr std::uint16_t kVlanType = 0x8100;
constexpr std::uint32_t kNumberedSource = 0x0A525401;
constexpr std::uint32_t kNumberedDestination = 0x0A525402;
constexpr std::uint16_t kFirstSourcePort = 20'000;
constexpr std::uint16_t kDestinationPort = 8284;

// Offsets from the IPv4 header.
constexpr std::size_t kUdpOffset = 20;
constexpr std::size_t kNumberOffset = 28;
constexpr std::size_t kCrcOffset = 36;
constexpr std::size_t kPatternOffset = 40;

static_assert(14 + 4 + kPatternOffset <= kSmallestFrame, "each frame holds a number and its CRC");

// Fills `frame`, whose size is frame_size(shape, number).
void build_numbered_frame(const FrameShape& shape, std::uint64_t number,
                          std::span<std::uint8_t> frame);

// The pattern of frame `number`, from its start.
void fill_pattern(std::uint64_t number, std::span<std::uint8_t> pattern);
// Whether `pattern` is a first part of the pattern of frame `number`.
[[nodiscard]] bool matches_pattern(std::uint64_t number, std::span<const std::uint8_t> pattern);

// The CRC-32 that belongs into the CRC field of `packet`, which starts with the IPv4 header.
[[nodiscard]] std::uint32_t packet_crc(std::span<const std::uint8_t> packet);

// RFC 1071 over an IPv4 header; 0 if the header's own checksum is right.
[[nodiscard]] std::uint16_t ipv4_checksum(std::span<const std::uint8_t> header);

}  // namespace ringtail::support
