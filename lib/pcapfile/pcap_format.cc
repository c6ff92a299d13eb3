#include "pcapfile/pcap_format.h"

#include <bit>
#include <cstring>

namespace ringtail::pcapfile {
namespace {

struct PcapHeader {
  std::uint32_t magic = 0;
  std::uint16_t version_major = kVersionMajor;
  std::uint16_t version_minor = kVersionMinor;
  std::uint32_t reserved1 = 0;
  std::uint32_t reserved2 = 0;
  std::uint32_t snaplen = 0;
  std::uint32_t linktype = 0;
};
static_assert(sizeof(PcapHeader) == kFileHeaderBytes);

}  // namespace

std::array<std::byte, kFileHeaderBytes> pcap_header(std::uint32_t snaplen, std::uint32_t linktype,
                                                    Precision precision) {
  PcapHeader header;
  header.magic = precision == Precision::kNano ? kNanosecondMagic : kMicrosecondMagic;
  header.snaplen = file_snaplen(snaplen);
  header.linktype = linktype;
  return std::bit_cast<std::array<std::byte, kFileHeaderBytes>>(header);
}

std::uint32_t linktype_of(std::span<const std::byte, kFileHeaderBytes> header) {
  std::uint32_t linktype = 0;
  std::memcpy(&linktype, header.data() + offsetof(PcapHeader, linktype), sizeof linktype);
  return linktype;
}

std::optional<Precision> precision_of(std::uint32_t magic) {
  if (magic == kNanosecondMagic) return Precision::kNano;
  if (magic == kMicrosecondMagic) return Precision::kMicro;
  return std::nullopt;
}

}  // namespace ringtail::pcapfile
