#include "ring/block_lease.h"

#include <linux/if_packet.h>

#include <algorithm>
#include <atomic>

namespace ringtail::ring {
namespace {

tpacket_block_desc* descriptor_of(std::byte* block) {
  return reinterpret_cast<tpacket_block_desc*>(block);
}

}  // namespace

BlockLease BlockLease::try_acquire(std::byte* block) {
  tpacket_hdr_v1& header = descriptor_of(block)->hdr.bh1;
  const std::atomic_ref status(header.block_status);
  if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return {};

  BlockLease lease;
  lease.block_ = block;
  lease.packet_count_ = header.num_pkts;
  // Both count from the block's begin; hostile values are clamped to the block.
  lease.first_offset_ = std::min(header.offset_to_first_pkt, kBlockSizeBytes);
  lease.used_bytes_ = std::clamp(header.blk_len, lease.first_offset_, kBlockSizeBytes);
  return lease;
}

void BlockLease::release() {
  if (block_ == nullptr) return;
  tpacket_hdr_v1& header = descriptor_of(std::exchange(block_, nullptr))->hdr.bh1;
  // Release: everything that was read or written in the block happens before the kernel reuses it.
  std::atomic_ref(header.block_status).store(TP_STATUS_KERNEL, std::memory_order_release);
}

}  // namespace ringtail::ring
