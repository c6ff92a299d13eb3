#pragma once

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ring/block_layout.h"
#include "ring/frame.h"

namespace ringtail::ring {

static_assert(sizeof(tpacket3_hdr) == kPacketHeaderBytes);
static_assert(sizeof(tpacket_block_desc) <= kBlockDescriptorBytes);

// Walks the packets of one block, front to back, by count (the last packet's next offset is 0).
//
// The kernel's bytes are checked, never trusted: a packet header or its data that leave the block,
// overlap the packet before, each other or the link address between them, or claim more captured
// than wire bytes end the walk, since nothing behind them can be found; malformed() then says how
// many packets of the block were not seen.
//
// next() reads a packet's header and the place of the following one before it returns, so the
// caller may overwrite everything up to the end of the returned frame's data.
class FrameCursor {
 public:
  // `first_offset` is counted from the block's begin, as in the block descriptor. The kernel fills
  // the block up to a multiple of kPacketAlignment: what lies beyond the last one does not count.
  FrameCursor(std::span<std::byte> block, std::uint32_t first_offset, std::uint32_t packet_count)
      : block_(block.first(block.size() / kPacketAlignment * kPacketAlignment)),
        offset_(first_offset),
        remaining_(packet_count) {}

  [[nodiscard]] std::optional<Frame> next();

  // After next() returned nothing: the packets that could not be walked.
  [[nodiscard]] std::uint32_t malformed() const { return remaining_; }

 private:
  // Between a packet's header and its data there is always its sockaddr_ll (TPACKET3_HDRLEN).
  static constexpr std::size_t kAddressOffset = TPACKET_ALIGN(sizeof(tpacket3_hdr));
  static_assert(kAddressOffset + sizeof(sockaddr_ll) == kBytesBeforeData);

  static bool has_vlan_tag(const tpacket3_hdr& header) {
    return (header.tp_status & TP_STATUS_VLAN_VALID) != 0 || header.hv1.tp_vlan_tci != 0;
  }
  static std::uint16_t tpid_of(const tpacket3_hdr& header) {
    return (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header.hv1.tp_vlan_tpid
                                                               : ETH_P_8021Q;
  }

  std::span<std::byte> block_;
  std::size_t offset_;                            // of the next packet's header
  std::size_t previous_end_ = kFirstFrameOffset;  // of the previous packet's data
  std::uint32_t remaining_;
};

// In the header: a call for each packet, and a frame returned in memory, cost as much as the walk.
inline std::optional<Frame> FrameCursor::next() {
  if (remaining_ == 0) return std::nullopt;
  // No sum of what the kernel says is too large for 64 bits.
  const std::size_t size = block_.size();
  const bool header_fits = offset_ >= previous_end_ && offset_ % kPacketAlignment == 0 &&
                           offset_ + sizeof(tpacket3_hdr) <= size;
  if (!header_fits) return std::nullopt;

  // Read where it lies: the next packet's place is what the next turn waits for.
  const auto& header = *reinterpret_cast<const tpacket3_hdr*>(block_.data() + offset_);
  const std::size_t begin = offset_ + header.tp_mac;
  const std::size_t end = begin + header.tp_snaplen;
  const bool data_fits =
      header.tp_mac >= kBytesBeforeData && end <= size && header.tp_snaplen <= header.tp_len;
  if (!data_fits) return std::nullopt;

  const std::byte* stored_address = block_.data() + offset_ + kAddressOffset;
  previous_end_ = end;
  offset_ += header.tp_next_offset;  // a wild one fails the next packet's checks
  --remaining_;

  Frame frame;
  frame.data = block_.subspan(begin, header.tp_snaplen);
  frame.stored_address = stored_address;
  frame.length = header.tp_len;
  frame.seconds = header.tp_sec;
  frame.nanoseconds = header.tp_nsec;
  frame.tagged = has_vlan_tag(header);
  if (frame.tagged) {
    frame.vlan_tpid = tpid_of(header);
    frame.vlan_tci = static_cast<std::uint16_t>(header.hv1.tp_vlan_tci);
  }
  return frame;
}

}  // namespace ringtail::ring
