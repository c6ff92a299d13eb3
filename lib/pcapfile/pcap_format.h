#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// The classic pcap file: a file header, then records, each a record header and the captured bytes.
// All numbers in the writer's byte order; the magic tells which, and the times' precision.
// Source: pcap-savefile(5), draft-ietf-opsawg-pcap.
inline constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
inline constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
inline constexpr std::uint16_t kVersionMajor = 2;
inline constexpr std::uint16_t kVersionMinor = 4;
inline constexpr std::size_t kFileHeaderBytes = 24;

// Source: https://www.tcpdump.org/linktypes.html
inline constexpr std::uint32_t kLinktypeEthernet = 1;
inline constexpr std::uint32_t kLinktypeLinuxSll2 = 276;  // of LinkHeader::kCooked

// libpcap's readers refuse a record that claims more captured bytes (MAXIMUM_SNAPLEN).
inline constexpr std::uint32_t kMaxSnaplen = 262144;

inline constexpr std::uint32_t kVlanTagBytes = 4;

struct RecordHeader {
  std::uint32_t seconds;
  std::uint32_t subseconds;  // nano- or microseconds, as the magic says
  std::uint32_t captured_length;
  std::uint32_t length;
};
static_assert(sizeof(RecordHeader) == 16);

// The snaplen that a file states: a tag that was put back makes a record up to 4 bytes longer than
// the filter's snaplen, and readers cut what exceeds the header's.
[[nodiscard]] constexpr std::uint32_t file_snaplen(std::uint32_t snaplen) {
  return snaplen > kMaxSnaplen - kVlanTagBytes ? kMaxSnaplen : snaplen + kVlanTagBytes;
}

// `snaplen` as the filter has it.
[[nodiscard]] std::array<std::byte, kFileHeaderBytes> pcap_header(
    std::uint32_t snaplen, std::uint32_t linktype, Precision precision = Precision::kNano);

// As a header of our byte order states it.
[[nodiscard]] std::uint32_t linktype_of(std::span<const std::byte, kFileHeaderBytes> header);

// What a magic in our byte order says; nothing if it is none of these.
[[nodiscard]] std::optional<Precision> precision_of(std::uint32_t magic);

}  // namespace ringtail::pcapfile
