#include "pcapfile/run_cut.h"

#include <cstring>

#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {

EncodedRun cut_run(const EncodedRun& encoded, std::span<const std::byte> run,
                   std::size_t carry_bytes, Precision precision, std::uint64_t max_packets,
                   std::uint64_t max_bytes) {
  EncodedRun cut{.end = carry_bytes, .whole_end = carry_bytes};
  while (cut.packets < encoded.packets && cut.packets < max_packets) {
    RecordHeader header;
    std::memcpy(&header, run.data() + cut.end, sizeof header);
    const std::size_t record_bytes = sizeof header + header.captured_length;
    if (cut.end - carry_bytes + record_bytes > max_bytes) break;
    cut.append(record_bytes, header.length,
               {header.seconds, header.subseconds * nanoseconds_per_unit(precision)});
  }
  return cut;
}

}  // namespace ringtail::pcapfile
