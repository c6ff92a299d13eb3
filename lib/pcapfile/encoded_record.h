#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pcapfile/encoded_run.h"
#include "pcapfile/pcap_format.h"
#include "pcapfile/pcapng_format.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// What a record that was encoded says of itself.
struct EncodedRecord {
  std::size_t bytes = 0;         // of the record
  std::uint32_t wire_bytes = 0;  // of its packet, as it was on the link
  RecordTime time;
};

// The one at `at`, which is whole and of this format and precision.
[[nodiscard]] inline EncodedRecord read_record(const std::byte* at, Format format,
                                               Precision precision) {
  if (format == Format::kPcapng) {
    PacketHeader header;
    std::memcpy(&header, at, sizeof header);
    const std::uint64_t units = std::uint64_t{header.time_high} << 32U | header.time_low;
    return {header.block_length, header.length, time_of_units(units, precision)};
  }
  RecordHeader header;
  std::memcpy(&header, at, sizeof header);
  return {sizeof header + header.captured_length,
          header.length,
          {header.seconds, header.subseconds * nanoseconds_per_unit(precision)}};
}

}  // namespace ringtail::pcapfile
