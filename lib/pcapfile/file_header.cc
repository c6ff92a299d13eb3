#include "pcapfile/file_header.h"

#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {

FileHeader file_header(const RecordShape& shape, std::uint32_t linktype, const FileOrigin& origin) {
  FileHeader header{.kind = {shape.format, shape.precision, linktype}};
  if (shape.format == Format::kPcapng) {
    header.bytes = pcapng_header(shape, linktype, origin);
  } else {
    const auto bytes = pcap_header(shape.snaplen, linktype, shape.precision);
    header.bytes.assign(bytes.begin(), bytes.end());
  }
  return header;
}

}  // namespace ringtail::pcapfile
