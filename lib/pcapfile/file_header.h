#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pcapfile/encoded_run.h"
#include "pcapfile/pcapng_format.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// What all records of a file have in common, as its header says.
struct FileKind {
  Format format = Format::kPcap;
  Precision precision = Precision::kNano;
  std::uint32_t linktype = 0;
  bool operator==(const FileKind&) const = default;
};

// What a file begins with, less than a page. A value.
struct FileHeader {
  FileKind kind;
  std::vector<std::byte> bytes = {};
  bool operator==(const FileHeader&) const = default;
};

// Of a file with records of this shape. A classic pcap file does not say where it comes from.
[[nodiscard]] FileHeader file_header(const RecordShape& shape, std::uint32_t linktype,
                                     const FileOrigin& origin = {});

// How much a file has behind its last record at most.
[[nodiscard]] constexpr std::size_t max_trailer_bytes(Format format) {
  return format == Format::kPcapng ? kMaxStatisticsBytes : 0;
}

}  // namespace ringtail::pcapfile
