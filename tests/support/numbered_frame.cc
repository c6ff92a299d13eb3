#include "support/numbered_frame.h"

#include <algorithm>

#include "support/big_endian.h"
#include "support/crc32.h"

namespace ringtail::support {
namespace {

std::uint64_t pattern_word(std::uint64_t number, std::uint64_t index) {
  return (number + 1) * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03;
}

std::uint8_t pattern_byte(std::uint64_t number, std::size_t index) {
  return static_cast<std::uint8_t>(pattern_word(number, index / 8) >> (8 * (7 - index % 8)));
}

void build_ipv4_header(std::uint64_t number, std::span<std::uint8_t> packet) {
  packet[0] = 0x45;
  packet[1] = 0;
  store_big_endian<std::uint16_t>(packet, 2, static_cast<std::uint16_t>(packet.size()));
  store_big_endian<std::uint16_t>(packet, 4, static_cast<std::uint16_t>(number));
  store_big_endian<std::uint16_t>(packet, 6, 0x4000);
  packet[8] = 64;
  packet[9] = 17;
  store_big_endian<std::uint16_t>(packet, 10, 0);
  store_big_endian<std::uint32_t>(packet, 12, kNumberedSource);
  store_big_endian<std::uint32_t>(packet, 16, kNumberedDestination);
  store_big_endian<std::uint16_t>(packet, 10, ipv4_checksum(packet.first(kUdpOffset)));
}

void build_udp_header(const FrameShape& shape, std::uint64_t number,
                      std::span<std::uint8_t> packet) {
  const auto port = static_cast<std::uint16_t>(kFirstSourcePort + number % shape.source_ports);
  const auto length = static_cast<std::uint16_t>(packet.size() - kUdpOffset);
  store_big_endian<std::uint16_t>(packet, kUdpOffset, port);
  store_big_endian<std::uint16_t>(packet, kUdpOffset + 2, kDestinationPort);
  store_big_endian<std::uint16_t>(packet, kUdpOffset + 4, length);
  store_big_endian<std::uint16_t>(packet, kUdpOffset + 6, 0);
}

}  // namespace

std::uint16_t ipv4_checksum(std::span<const std::uint8_t> header) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < header.size(); at += 2) {
    sum += load_big_endian<std::uint16_t>(header, at);
  }
  while ((sum >> 16) != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void fill_pattern(std::uint64_t number, std::span<std::uint8_t> pattern) {
  std::size_t at = 0;
  for (; pattern.size() - at >= 8; at += 8) {
    store_big_endian<std::uint64_t>(pattern, at, pattern_word(number, at / 8));
  }
  for (; at < pattern.size(); ++at) pattern[at] = pattern_byte(number, at);
}

bool matches_pattern(std::uint64_t number, std::span<const std::uint8_t> pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != pattern_byte(number, at)) return false;
  }
  return true;
}

std::uint32_t packet_crc(std::span<const std::uint8_t> packet) {
  return crc32(packet.subspan(kPatternOffset), crc32(packet.first(kCrcOffset)));
}

void build_numbered_frame(const FrameShape& shape, std::uint64_t number,
                          std::span<std::uint8_t> frame) {
  std::copy(kNumberedFrameAddresses.begin(), kNumberedFrameAddresses.end(), frame.begin());
  std::size_t at = kNumberedFrameAddresses.size();
  if (shape.vlan != 0) {
    store_big_endian<std::uint16_t>(frame, at, kVlanType);
    store_big_endian<std::uint16_t>(frame, at + 2, shape.vlan);
    at += 4;
  }
  store_big_endian<std::uint16_t>(frame, at, kIpv4Type);
  const auto packet = frame.subspan(at + 2);
  build_ipv4_header(number, packet);
  build_udp_header(shape, number, packet);
  store_big_endian<std::uint64_t>(packet, kNumberOffset, number);
  fill_pattern(number, packet.subspan(kPatternOffset));
  store_big_endian<std::uint32_t>(packet, kCrcOffset, packet_crc(packet));
}

}  // namespace ringtail::support
