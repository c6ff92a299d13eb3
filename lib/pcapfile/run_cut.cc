#include "pcapfile/run_cut.h"

#include <cstring>

#include "pcapfile/pcap_format.h"
#include "pcapfile/pcapng_format.h"

namespace ringtail::pcapfile {
namespace {

struct Record {
  std::size_t bytes = 0;
  std::uint32_t wire_bytes = 0;
  RecordTime time;
};

Record pcap_record(const std::byte* at, Precision precision) {
  RecordHeader header;
  std::memcpy(&header, at, sizeof header);
  return {sizeof header + header.captured_length,
          header.length,
          {header.seconds, header.subseconds * nanoseconds_per_unit(precision)}};
}

Record pcapng_record(const std::byte* at, Precision precision) {
  PacketHeader header;
  std::memcpy(&header, at, sizeof header);
  const std::uint64_t units = std::uint64_t{header.time_high} << 32U | header.time_low;
  return {header.block_length, header.length, time_of_units(units, precision)};
}

}  // namespace

EncodedRun cut_run(const EncodedRun& encoded, std::span<const std::byte> run,
                   std::size_t carry_bytes, const RecordShape& shape, std::uint64_t max_packets,
                   std::uint64_t max_bytes) {
  EncodedRun cut{.end = carry_bytes, .whole_end = carry_bytes};
  while (cut.packets < encoded.packets && cut.packets < max_packets) {
    const std::byte* at = run.data() + cut.end;
    const Record record = shape.format == Format::kPcapng ? pcapng_record(at, shape.precision)
                                                          : pcap_record(at, shape.precision);
    if (cut.end - carry_bytes + record.bytes > max_bytes) break;
    cut.append(record.bytes, record.wire_bytes, record.time);
  }
  return cut;
}

}  // namespace ringtail::pcapfile
