#include "support/crafted_block.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace ringtail::support {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::uint32_t kHeaderAlignment = 16;
constexpr std::uint16_t kNetworkOffset = 96;  // from the packet's header, without a PACKET_RESERVE
constexpr std::uint16_t kEthernetHeaderBytes = 14;

std::uint32_t aligned(std::size_t offset) {
  return static_cast<std::uint32_t>((offset + kHeaderAlignment - 1) / kHeaderAlignment *
                                    kHeaderAlignment);
}

// From the packet's header to its data.
std::uint16_t data_offset(const CraftedPacket& packet) {
  if (packet.data_offset) return *packet.data_offset;
  return packet.address ? kNetworkOffset : kNetworkOffset - kEthernetHeaderBytes;
}

}  // namespace

void CraftedBlock::FreeMemory::operator()(std::byte* memory) const { std::free(memory); }

CraftedBlock::CraftedBlock()
    : memory_(static_cast<std::byte*>(std::aligned_alloc(kPageBytes, kBytes))) {
  if (!memory_) throw std::bad_alloc();
  std::memset(memory_.get(), 0, kBytes);
  reopen();
}

tpacket_hdr_v1& CraftedBlock::descriptor() {
  return reinterpret_cast<tpacket_block_desc*>(data())->hdr.bh1;
}

tpacket3_hdr& CraftedBlock::header_at(std::uint32_t offset) {
  return *reinterpret_cast<tpacket3_hdr*>(data() + offset);
}

bool CraftedBlock::fits(const CraftedPacket& packet) const {
  return aligned(end_ + data_offset(packet) + packet.bytes.size()) <= kBytes;
}

void CraftedBlock::add(const CraftedPacket& packet) {
  if (!headers_.empty()) header(headers_.size() - 1).tp_next_offset = end_ - headers_.back();
  tpacket3_hdr& made = header_at(end_);
  std::memset(&made, 0, sizeof made);
  made.tp_sec = packet.seconds;
  made.tp_nsec = packet.nanoseconds;
  made.tp_snaplen = static_cast<std::uint32_t>(packet.bytes.size());
  made.tp_len = packet.wire_length.value_or(made.tp_snaplen);
  made.tp_mac = data_offset(packet);
  made.tp_net = kNetworkOffset;
  made.tp_status = TP_STATUS_USER;
  if (packet.vlan_tci) {
    made.tp_status |= TP_STATUS_VLAN_VALID;
    made.hv1.tp_vlan_tci = *packet.vlan_tci;
  }
  if (packet.vlan_tpid) {
    made.tp_status |= TP_STATUS_VLAN_TPID_VALID;
    made.hv1.tp_vlan_tpid = *packet.vlan_tpid;
  }
  sockaddr_ll address{};
  address.sll_pkttype = packet.packet_type;
  if (packet.address) address = *packet.address;
  std::memcpy(data() + end_ + kAddressOffset, &address, sizeof address);
  if (!packet.bytes.empty()) {
    std::memcpy(data() + end_ + made.tp_mac, packet.bytes.data(), packet.bytes.size());
  }
  headers_.push_back(end_);
  end_ = aligned(end_ + made.tp_mac + packet.bytes.size());
  descriptor().num_pkts = static_cast<std::uint32_t>(headers_.size());
  descriptor().blk_len = end_;
}

void CraftedBlock::retire() { descriptor().block_status = TP_STATUS_USER; }

void CraftedBlock::retire_at_timeout() {
  descriptor().block_status = TP_STATUS_USER | TP_STATUS_BLK_TMO;
}

void CraftedBlock::reopen() {
  headers_.clear();
  end_ = kFirstHeader;
  std::memset(&descriptor(), 0, sizeof(tpacket_hdr_v1));
  descriptor().offset_to_first_pkt = kFirstHeader;
  descriptor().blk_len = kFirstHeader;
}

bool CraftedBlock::is_with_kernel() { return (descriptor().block_status & TP_STATUS_USER) == 0; }

}  // namespace ringtail::support
