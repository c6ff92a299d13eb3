#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "pcapfile/encoded_run.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// The pcapng files that Ringtail writes: one section with one interface, then a block for each
// packet, then one with the statistics. All numbers in the writer's byte order, everything padded
// to 4 bytes; a block's length stands at its begin and at its end.
// Source: draft-ietf-opsawg-pcapng.
enum class BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,
  kInterfaceDescription = 1,
  kInterfaceStatistics = 5,
  kEnhancedPacket = 6,
};
inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

[[nodiscard]] constexpr std::uint32_t padded(std::uint32_t bytes) { return (bytes + 3U) & ~3U; }

struct SectionHeader {
  std::uint32_t type = static_cast<std::uint32_t>(BlockType::kSectionHeader);
  std::uint32_t block_length = 0;
  std::uint32_t byte_order_magic = kByteOrderMagic;
  std::uint16_t version_major = 1;
  std::uint16_t version_minor = 0;
  std::uint32_t section_length[2] = {~0U, ~0U};  // not said
};
static_assert(sizeof(SectionHeader) == 24);

// The first option is part of it, so that whoever walks the file need not look for it.
struct InterfaceDescription {
  std::uint32_t type = static_cast<std::uint32_t>(BlockType::kInterfaceDescription);
  std::uint32_t block_length = 0;
  std::uint16_t linktype = 0;
  std::uint16_t reserved = 0;
  std::uint32_t snaplen = 0;
  std::uint16_t resolution_code = 9;  // if_tsresol
  std::uint16_t resolution_length = 1;
  std::uint8_t resolution = 0;  // a time is a number of 10^-resolution s
  std::uint8_t padding[3] = {};
};
static_assert(sizeof(InterfaceDescription) == 24);

// Of a packet; its data and then a PacketEnd follow.
struct PacketHeader {
  std::uint32_t type = static_cast<std::uint32_t>(BlockType::kEnhancedPacket);
  std::uint32_t block_length = 0;
  std::uint32_t interface_id = 0;
  std::uint32_t time_high = 0;
  std::uint32_t time_low = 0;
  std::uint32_t captured_length = 0;
  std::uint32_t length = 0;
};
static_assert(sizeof(PacketHeader) == 28);

struct PacketEnd {
  std::uint16_t flags_code = 2;  // epb_flags
  std::uint16_t flags_length = 4;
  std::uint32_t flags = 0;
  std::uint32_t end_of_options = 0;
  std::uint32_t block_length = 0;
};
static_assert(sizeof(PacketEnd) == 16);

// At a file's end; options follow.
struct StatisticsHeader {
  std::uint32_t type = static_cast<std::uint32_t>(BlockType::kInterfaceStatistics);
  std::uint32_t block_length = 0;
  std::uint32_t interface_id = 0;
  std::uint32_t time_high = 0;
  std::uint32_t time_low = 0;
};
static_assert(sizeof(StatisticsHeader) == 20);

// The block of a packet with so many bytes.
[[nodiscard]] constexpr std::uint32_t packet_block_bytes(std::uint32_t captured) {
  return static_cast<std::uint32_t>(sizeof(PacketHeader) + sizeof(PacketEnd)) + padded(captured);
}

// What epb_flags say of a packet by its PACKET_*: in or out, and how it was received. The kernel's
// other kinds are never recorded.
inline constexpr std::uint32_t kFlagsIn = 1, kFlagsOut = 2;
inline constexpr std::uint32_t kFlagsUnicast = 1U << 2, kFlagsMulticast = 2U << 2,
                               kFlagsBroadcast = 3U << 2, kFlagsPromiscuous = 4U << 2;
// PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST, _OUTGOING
inline constexpr std::uint32_t kFlags[] = {kFlagsIn | kFlagsUnicast, kFlagsIn | kFlagsBroadcast,
                                           kFlagsIn | kFlagsMulticast, kFlagsIn | kFlagsPromiscuous,
                                           kFlagsOut};
[[nodiscard]] constexpr std::uint32_t flags_of(std::uint8_t packet_type) {
  return packet_type < std::size(kFlags) ? kFlags[packet_type] : 0;
}

// As if_tsresol has it.
[[nodiscard]] constexpr std::uint8_t resolution_of(Precision precision) {
  return precision == Precision::kMicro ? 6 : 9;
}

// How a time is counted: from 1970 on, in the unit of the precision.
[[nodiscard]] constexpr std::uint64_t units_since_1970(RecordTime time, Precision precision) {
  const std::uint32_t unit = nanoseconds_per_unit(precision);
  return std::uint64_t{time.seconds} * (1'000'000'000 / unit) + time.nanoseconds / unit;
}
[[nodiscard]] constexpr RecordTime time_of_units(std::uint64_t units, Precision precision) {
  const std::uint32_t unit = nanoseconds_per_unit(precision);
  const std::uint64_t units_per_second = 1'000'000'000 / unit;
  return {static_cast<std::uint32_t>(units / units_per_second),
          static_cast<std::uint32_t>(units % units_per_second) * unit};
}

// Where a file comes from, in UTF-8. What is empty is left out, what is too long is cut, and ends
// in "...".
struct FileOrigin {
  std::string hardware = {};  // of the host
  std::string os = {};
  std::string application = {};
  std::string interface = {};    // its name
  std::string description = {};  // of what is recorded on it
  std::string filter = {};       // as libpcap has it

  bool operator==(const FileOrigin&) const = default;
};

// With which a file begins, and how long that is at most: there must be room for it in a page.
inline constexpr std::size_t kMaxPcapngHeaderBytes = kPageBytes - 4;
[[nodiscard]] std::vector<std::byte> pcapng_header(const RecordShape& shape, std::uint32_t linktype,
                                                   const FileOrigin& origin);

// What a file has to say of the packets that are missing from it. The names are those of the
// options.
struct InterfaceStatistics {
  RecordTime start = {};
  RecordTime end = {};
  std::uint64_t received = 0;         // isb_ifrecv
  std::uint64_t dropped = 0;          // isb_ifdrop
  std::uint64_t filter_accepted = 0;  // isb_filteraccept
  std::uint64_t os_dropped = 0;       // isb_osdrop
  std::uint64_t user_delivered = 0;   // isb_usrdeliv
  std::string comment = {};           // at most kMaxCommentBytes; empty: none
};
inline constexpr std::size_t kMaxCommentBytes = 256;
inline constexpr std::size_t kMaxStatisticsBytes = 512;
[[nodiscard]] std::vector<std::byte> statistics_block(const InterfaceStatistics& statistics,
                                                      Precision precision);

}  // namespace ringtail::pcapfile
