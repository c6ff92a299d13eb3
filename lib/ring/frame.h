#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ring/link_address.h"

namespace ringtail::ring {

// One packet as the kernel stored it in a block. `data` and `stored_address` point into the block:
// valid while the block's lease is held and until an in-place encoder has passed them.
struct Frame {
  // Reads the address from the block, for those who want one: before anything is written over it.
  [[nodiscard]] LinkAddress link_address() const;
  // Its packet_type alone, likewise.
  [[nodiscard]] std::uint8_t packet_type() const {
    constexpr std::size_t kOffset = 10;  // of sockaddr_ll.sll_pkttype
    return static_cast<std::uint8_t>(stored_address[kOffset]);
  }

  // The captured bytes, from the link-layer header on; from the network header on where there is
  // none.
  std::span<std::byte> data;
  const std::byte* stored_address = nullptr;  // the kernel's sockaddr_ll, in front of the data
  std::uint32_t length = 0;                   // bytes on the wire, at least data.size()
  std::uint32_t seconds = 0;                  // since the epoch, unsigned: good until 2106
  std::uint32_t nanoseconds = 0;
  bool tagged = false;          // the kernel took a VLAN tag out of the data:
  std::uint16_t vlan_tpid = 0;  // its protocol (0x8100 where the kernel does not say)
  std::uint16_t vlan_tci = 0;   // its whole TCI: PCP, DEI and VID
};

}  // namespace ringtail::ring
