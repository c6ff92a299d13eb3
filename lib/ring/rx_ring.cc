#include "ring/rx_ring.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "base/check.h"
#include "ring/adapter_clock.h"
#include "ring/fanout.h"

namespace ringtail::ring {
namespace {

// Only divides a block for the kernel's arithmetic; V3 packs packets of any size behind each other.
constexpr std::uint32_t kNominalFrameBytes = 2048;
static_assert(kNominalFrameBytes % TPACKET_ALIGNMENT == 0);
static_assert(kNominalFrameBytes >= TPACKET3_HDRLEN);
static_assert(kBlockSizeBytes % kNominalFrameBytes == 0);
static_assert((kBlockSizeBytes & (kBlockSizeBytes - 1)) == 0 && kBlockSizeBytes % kPageBytes == 0);

template <typename Value>
void set_option(int socket, int option, const Value& value, const char* call,
                const std::string& interface, const char* remedy = "") {
  base::check(::setsockopt(socket, SOL_PACKET, option, &value, sizeof value), call, interface,
              remedy);
}

// The version comes first: once a ring exists the kernel refuses to change it (EBUSY).
void request_ring(int socket, const RxRingOptions& options) {
  set_option(socket, PACKET_VERSION, int{TPACKET_V3}, "setsockopt(PACKET_VERSION, V3) on",
             options.interface);
  tpacket_req3 request{};
  request.tp_block_size = kBlockSizeBytes;
  request.tp_block_nr = options.block_count;
  request.tp_frame_size = kNominalFrameBytes;
  request.tp_frame_nr = options.block_count * (kBlockSizeBytes / kNominalFrameBytes);
  request.tp_retire_blk_tov = static_cast<unsigned>(options.block_timeout.count());
  request.tp_sizeof_priv = kPrivateBytes;
  set_option(socket, PACKET_RX_RING, request, "setsockopt(PACKET_RX_RING) on", options.interface,
             "if memory is short, lower ring.memory");
}

// What reaches a page of the ring first waits for its mapping: under a hypervisor that keeps its
// own page tables up to 8 microseconds, which the first time round cost more than all else. What is
// not reached within the limit is left as it is.
//
// Only before the ring is bound, while the kernel writes no more than the first block's descriptor.
void touch(std::span<std::byte> memory, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (std::size_t end = kPageBytes; end <= memory.size(); end += kPageBytes) {
    volatile std::byte& last = memory[end - 1];
    last = std::byte{0};  // as it is: the kernel gives out memory of zeros
    if (end % kBlockSizeBytes == 0 && std::chrono::steady_clock::now() > deadline) return;
  }
}

}  // namespace

RxRing RxRing::open(const RxRingOptions& options) {
  if (options.block_count < kMinBlockCount) throw std::invalid_argument("a ring of too few blocks");
  base::UniqueFd socket = open_packet_socket(options.interface, options.cooked);
  request_ring(socket.get(), options);
  const std::string what = "the ring of " + options.interface;
  // The kernel makes each block one large page, and io_uring of Linux 6.12 to 6.15.4 concludes from
  // an address what of such a page lies there (kernel commit 3a3c6d61577d): at a multiple of their
  // size it is right.
  base::Mapping memory =
      base::Mapping::of_file(socket.get(), std::size_t{options.block_count} * kBlockSizeBytes,
                             kBlockSizeBytes, what.c_str());
  touch(memory.bytes(), options.touch_limit);
  RxRing ring(options, std::move(socket), std::move(memory));
  ring.reject_all();
  return ring;
}

void RxRing::bind(int index) const {
  if (options_.clock == Clock::kAdapter) use_adapter_clock(fd(), options_.interface);
  bind_to_interface(fd(), index, options_.interface, options_.promiscuous);
}

void RxRing::join(FanoutGroup& group) const { group.join(fd(), options_.interface); }

void RxRing::attach_filter(std::span<const sock_filter> program) const {
  sock_fprog filter{};
  filter.len = static_cast<unsigned short>(program.size());
  filter.filter = const_cast<sock_filter*>(program.data());  // the kernel only reads it
  if (program.size() > BPF_MAXINSNS) errno = E2BIG;
  base::check(
      program.size() > BPF_MAXINSNS
          ? -1
          : ::setsockopt(socket_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter),
      "setsockopt(SO_ATTACH_FILTER) on", options_.interface,
      "if memory is short, raise net.core.optmem_max");
}

void RxRing::reject_all() const {
  static constexpr std::array<sock_filter, 1> kRejectAll{{{BPF_RET | BPF_K, 0, 0, 0}}};
  attach_filter(kRejectAll);
}

BlockLease RxRing::take() {
  BlockLease lease = BlockLease::try_acquire(block(taken_blocks_));
  if (lease) ++taken_blocks_;
  return lease;
}

bool RxRing::has_retired(std::uint32_t count) const {
  // The kernel retires in order.
  return BlockLease::is_retired(block(taken_blocks_ + count - 1));
}

std::uint32_t RxRing::blocks_in_use() {
  while (returned_blocks_ < taken_blocks_ && !BlockLease::is_held(block(returned_blocks_)))
    ++returned_blocks_;
  // The kernel retires in order: those that wait are a run behind the last that was taken.
  std::uint64_t retired = taken_blocks_;
  std::uint64_t end = returned_blocks_ + options_.block_count;
  while (retired < end) {
    const std::uint64_t middle = retired + (end - retired) / 2;
    if (BlockLease::is_retired(block(middle)))
      retired = middle + 1;
    else
      end = middle;
  }
  return static_cast<std::uint32_t>(retired - returned_blocks_);
}

std::uint32_t RxRing::count_blocks_in_use() const {
  std::uint32_t count = 0;
  for (std::uint64_t number = 0; number < options_.block_count; ++number)
    count += BlockLease::is_in_use(block(number)) ? 1 : 0;
  return count;
}

bool RxRing::is_leased() const {
  for (std::size_t offset = 0; offset < memory_.size(); offset += kBlockSizeBytes) {
    if (BlockLease::is_held(memory_.data() + offset)) return true;
  }
  return false;
}

}  // namespace ringtail::ring
