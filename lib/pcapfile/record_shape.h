#pragma once

#include <cstdint>

namespace ringtail::pcapfile {

// Of a file: classic pcap (pcap_format.h) or pcapng (pcapng_format.h).
enum class Format { kPcap, kPcapng };

// Of the times in a file.
enum class Precision { kNano, kMicro };

// Where a record's link-layer header comes from.
enum class LinkHeader {
  kEthernet,  // the packet's data begins with it, and a VLAN tag that was taken out is put back
  kOther,     // the packet's data begins with it, or has none
  kCooked,    // a LINUX_SLL2 header is made from the packet's link address
};

// What one capture's records look like: the same for all records of a file.
struct RecordShape {
  LinkHeader link_header = LinkHeader::kEthernet;
  Precision precision = Precision::kNano;
  // As the filter has it. Counts a cooked header, but not a VLAN tag that is put back.
  std::uint32_t snaplen = 0;
  Format format = Format::kPcap;
};

[[nodiscard]] constexpr std::uint32_t nanoseconds_per_unit(Precision precision) {
  return precision == Precision::kNano ? 1 : 1000;
}

}  // namespace ringtail::pcapfile
