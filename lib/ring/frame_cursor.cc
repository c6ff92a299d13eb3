#include "ring/frame_cursor.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <cstring>

#include "ring/block_layout.h"

namespace ringtail::ring {

static_assert(sizeof(tpacket3_hdr) == kPacketHeaderBytes);
static_assert(sizeof(tpacket_block_desc) <= kBlockDescriptorBytes);

namespace {

// Between a packet's header and its data there is always its sockaddr_ll (TPACKET3_HDRLEN).
constexpr std::size_t kAddressOffset = TPACKET_ALIGN(sizeof(tpacket3_hdr));
static_assert(kAddressOffset + sizeof(sockaddr_ll) == kBytesBeforeData);

bool has_vlan_tag(const tpacket3_hdr& header) {
  return (header.tp_status & TP_STATUS_VLAN_VALID) != 0 || header.hv1.tp_vlan_tci != 0;
}

std::uint16_t tpid_of(const tpacket3_hdr& header) {
  return (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header.hv1.tp_vlan_tpid
                                                             : ETH_P_8021Q;
}

}  // namespace

std::optional<Frame> FrameCursor::next() {
  if (remaining_ == 0) return std::nullopt;
  const std::size_t size = block_.size();
  const bool header_fits = offset_ >= kFirstFrameOffset && offset_ >= previous_end_ &&
                           offset_ % kPacketAlignment == 0 && offset_ <= size &&
                           size - offset_ >= sizeof(tpacket3_hdr);
  if (!header_fits) return std::nullopt;

  tpacket3_hdr header;
  std::memcpy(&header, block_.data() + offset_, sizeof header);
  const std::size_t room = size - offset_;
  const bool data_fits = header.tp_mac >= kBytesBeforeData && header.tp_mac <= room &&
                         header.tp_snaplen <= room - header.tp_mac &&
                         header.tp_snaplen <= header.tp_len;
  if (!data_fits) return std::nullopt;

  const std::size_t begin = offset_ + header.tp_mac;
  const std::byte* stored_address = block_.data() + offset_ + kAddressOffset;
  previous_end_ = begin + header.tp_snaplen;
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
