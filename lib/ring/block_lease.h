#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "ring/block_layout.h"
#include "ring/frame_cursor.h"

namespace ringtail::ring {

// A block of ring memory, ours until this lease ends: its end, and nothing else, returns the block
// to the kernel. Move-only; an empty lease holds nothing. The ring must outlive it. Any thread may
// end it, but only one holds it.
class BlockLease {
 public:
  BlockLease() = default;
  // Leases the block at `block` (kBlockSizeBytes long) if the kernel has retired it to us and no
  // lease of it is held, else returns an empty lease. The acquire here pairs with the kernel's
  // release of the status.
  static BlockLease try_acquire(std::byte* block);
  // Whether a lease of that block has not ended yet; for the thread that acquires them.
  [[nodiscard]] static bool is_held(std::byte* block);
  // Whether it waits to be leased; for the same thread.
  [[nodiscard]] static bool is_retired(std::byte* block);
  // Whether the kernel cannot fill it, for either reason; any thread.
  [[nodiscard]] static bool is_in_use(std::byte* block);

  BlockLease(BlockLease&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        packet_count_(other.packet_count_),
        first_offset_(other.first_offset_),
        used_bytes_(other.used_bytes_),
        timed_out_(other.timed_out_) {}
  BlockLease& operator=(BlockLease&& other) noexcept {
    if (this != &other) {
      release();
      block_ = std::exchange(other.block_, nullptr);
      packet_count_ = other.packet_count_;
      first_offset_ = other.first_offset_;
      used_bytes_ = other.used_bytes_;
      timed_out_ = other.timed_out_;
    }
    return *this;
  }
  BlockLease(const BlockLease&) = delete;
  BlockLease& operator=(const BlockLease&) = delete;
  ~BlockLease() { release(); }

  explicit operator bool() const { return block_ != nullptr; }
  [[nodiscard]] std::uint32_t packet_count() const { return packet_count_; }
  // Whether the kernel retired it at its timeout, and not because it was full.
  [[nodiscard]] bool timed_out() const { return timed_out_; }
  // No fewer bytes than the packets of this block fill when encoded (what a record adds to each is
  // smaller than the kernel's own header).
  [[nodiscard]] std::size_t encoded_bound_bytes() const { return used_bytes_ - first_offset_; }
  [[nodiscard]] FrameCursor frames() const {
    return {std::span(block_, used_bytes_), first_offset_, packet_count_};
  }
  // Where the run of encoded records goes, from kRunOffset to the block's end.
  [[nodiscard]] std::span<std::byte> run() const {
    return {block_ + kRunOffset, kBlockSizeBytes - kRunOffset};
  }

 private:
  void release();

  std::byte* block_ = nullptr;
  std::uint32_t packet_count_ = 0;
  std::uint32_t first_offset_ = 0;
  std::uint32_t used_bytes_ = 0;
  bool timed_out_ = false;
};

}  // namespace ringtail::ring
