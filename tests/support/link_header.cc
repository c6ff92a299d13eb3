#include "support/link_header.h"

#include <algorithm>

#include "support/big_endian.h"
#include "support/numbered_frame.h"
#include "support/numbered_frame_decoder.h"

namespace ringtail::support {
namespace {

constexpr std::uint16_t kServiceVlanType = 0x88A8;
constexpr std::ptrdiff_t kTagBytes = 4;

bool is_tag(std::uint16_t type) { return type == kVlanType || type == kServiceVlanType; }

}  // namespace

std::size_t strip_vlan_tags(std::uint32_t linktype, std::vector<std::uint8_t>& frame) {
  // A tag is its type and its TCI; the type of what it hides follows. In an Ethernet header they
  // stand together. In a cooked one the type comes first, the rest behind the header.
  if (linktype != kLinktypeEthernet && linktype != kLinktypeCooked2) return 0;
  const std::size_t type_at = linktype == kLinktypeEthernet ? 12 : 0;
  const std::size_t tci_at = linktype == kLinktypeEthernet ? 14 : 20;
  const std::size_t size = frame.size();
  while (frame.size() >= tci_at + kTagBytes &&
         is_tag(load_big_endian<std::uint16_t>(frame, type_at))) {
    const auto hidden = load_big_endian<std::uint16_t>(frame, tci_at + 2);
    store_big_endian<std::uint16_t>(frame, type_at, hidden);
    const auto tci = frame.begin() + static_cast<std::ptrdiff_t>(tci_at);
    frame.erase(tci, tci + kTagBytes);
  }
  return size - frame.size();
}

void clear_address_padding(std::span<std::uint8_t> frame) {
  constexpr std::size_t kLengthAt = 11;
  constexpr std::size_t kAddressAt = 12;
  constexpr std::size_t kAddressEnd = 20;
  if (frame.size() <= kLengthAt) return;
  const std::size_t end = std::min(frame.size(), kAddressEnd);
  for (std::size_t at = kAddressAt + frame[kLengthAt]; at < end; ++at) frame[at] = 0;
}

}  // namespace ringtail::support
