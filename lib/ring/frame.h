#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ring/block_layout.h"
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

  // For who goes through a block front to back: has the CPU fetch into its cache what comes two
  // pages later, as many bytes as this packet takes. By itself it fetches little beyond the page
  // that is read. What lies behind the block's end, whatever it is, is fetched in vain.
  void fetch_ahead() const {
    constexpr std::size_t kDistanceBytes = 8192;
    constexpr std::size_t kCacheLineBytes = 64;
    const std::byte* begin = data.data() - kBytesBeforeData;
    for (std::size_t line = 0; line < kBytesBeforeData + data.size(); line += kCacheLineBytes)
      __builtin_prefetch(begin + kDistanceBytes + line);
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
