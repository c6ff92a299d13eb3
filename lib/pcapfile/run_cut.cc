#include "pcapfile/run_cut.h"

#include "pcapfile/encoded_record.h"
#include "pcapfile/run_builder.h"

namespace ringtail::pcapfile {

EncodedRun cut_run(const EncodedRun& encoded, std::span<const std::byte> run,
                   std::size_t carry_bytes, const RecordShape& shape, std::uint64_t max_packets,
                   std::uint64_t max_bytes) {
  RunBuilder cut(carry_bytes);
  while (cut.packets() < encoded.packets && cut.packets() < max_packets) {
    const EncodedRecord record = read_record(run.data() + cut.end(), shape.format, shape.precision);
    if (cut.end() - carry_bytes + record.bytes > max_bytes) break;
    cut.append(record.bytes, record.wire_bytes);
  }
  return cut.run(run, shape.format, shape.precision);
}

}  // namespace ringtail::pcapfile
