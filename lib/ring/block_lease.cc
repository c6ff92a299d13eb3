#include "ring/block_lease.h"

#include <linux/if_packet.h>

#include <algorithm>
#include <atomic>

namespace ringtail::ring {
namespace {

// Marks a block as leased, in a bit of its status that the kernel does not use for blocks. It goes
// by TP_STATUS_USER alone, and that stays set: so does a block that is still leased when the ring
// comes round to it look like one that was just retired.
constexpr std::uint32_t kLeased = 1U << 28;

tpacket_block_desc* descriptor_of(std::byte* block) {
  return reinterpret_cast<tpacket_block_desc*>(block);
}

std::atomic_ref<std::uint32_t> status_of(std::byte* block) {
  return std::atomic_ref(descriptor_of(block)->hdr.bh1.block_status);
}

}  // namespace

BlockLease BlockLease::try_acquire(std::byte* block) {
  tpacket_hdr_v1& header = descriptor_of(block)->hdr.bh1;
  const std::atomic_ref status(header.block_status);
  const std::uint32_t seen = status.load(std::memory_order_acquire);
  if ((seen & TP_STATUS_USER) == 0 || (seen & kLeased) != 0) return {};
  status.store(seen | kLeased, std::memory_order_relaxed);  // read by this thread alone

  BlockLease lease;
  lease.block_ = block;
  lease.packet_count_ = header.num_pkts;
  // Both count from the block's begin; hostile values are clamped to the block.
  lease.first_offset_ = std::min(header.offset_to_first_pkt, kBlockSizeBytes);
  lease.used_bytes_ = std::clamp(header.blk_len, lease.first_offset_, kBlockSizeBytes);
  lease.timed_out_ = (seen & TP_STATUS_BLK_TMO) != 0;
  return lease;
}

bool BlockLease::is_held(std::byte* block) {
  // Acquire pairs with release(): who frees the memory does it after the lease's last access.
  return (status_of(block).load(std::memory_order_acquire) & kLeased) != 0;
}

bool BlockLease::is_retired(std::byte* block) {
  const std::uint32_t status = status_of(block).load(std::memory_order_relaxed);
  return (status & TP_STATUS_USER) != 0 && (status & kLeased) == 0;
}

bool BlockLease::is_in_use(std::byte* block) {
  return (status_of(block).load(std::memory_order_relaxed) & TP_STATUS_USER) != 0;
}

void BlockLease::release() {
  if (block_ == nullptr) return;
  tpacket_hdr_v1& header = descriptor_of(std::exchange(block_, nullptr))->hdr.bh1;
  // Release: everything that was read or written in the block happens before the kernel reuses it.
  std::atomic_ref(header.block_status).store(TP_STATUS_KERNEL, std::memory_order_release);
}

}  // namespace ringtail::ring
