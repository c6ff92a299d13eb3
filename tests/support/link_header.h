#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ringtail::support {

// Takes all 802.1Q and 802.1ad tags out of a captured Ethernet or LINUX_SLL2 frame, and returns how
// many bytes those were. A tag that the frame's end cuts stays, as do frames of other link types.
std::size_t strip_vlan_tags(std::uint32_t linktype, std::vector<std::uint8_t>& frame);

// Zeros what a LINUX_SLL2 header has room for behind an address that is shorter than 8 bytes. It
// means nothing: tcpdump leaves there what was in its ring before.
void clear_address_padding(std::span<std::uint8_t> frame);

}  // namespace ringtail::support
