#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "ring/block_lease.h"
#include "support/crafted_block.h"

namespace ringtail::capture {

// A ring of crafted blocks: the test is the kernel that fills and retires them in turn, and finds
// the ring full when the next one is not back.
class FakeRing {
 public:
  explicit FakeRing(std::size_t blocks) : blocks_(blocks) {}

  // Since the epoch; whole microseconds, which each precision can say.
  [[nodiscard]] static std::chrono::nanoseconds time_of(std::uint64_t number) {
    return std::chrono::seconds(1 + number) + std::chrono::nanoseconds(kNanoseconds);
  }

  // Fills the next block with numbered packets; false (the packets are lost) if it is still leased.
  bool fill(std::mt19937& random, std::uint32_t packets, std::size_t max_bytes) {
    support::CraftedBlock& block = blocks_[filled_ % blocks_.size()];
    if (filled_ >= taken_ + blocks_.size() || !block.is_with_kernel()) return false;
    block.reopen();
    for (std::uint32_t i = 0; i < packets; ++i) {
      std::vector<std::uint8_t> bytes(8 + random() % max_bytes,
                                      static_cast<std::uint8_t>(next_number_));
      std::memcpy(bytes.data(), &next_number_, sizeof next_number_);
      const support::CraftedPacket packet{.bytes = std::move(bytes),
                                          .seconds = static_cast<std::uint32_t>(1 + next_number_),
                                          .nanoseconds = kNanoseconds};
      if (!block.fits(packet)) break;
      block.add(packet);
      ++next_number_;
    }
    block.retire();
    ++filled_;
    return true;
  }

  [[nodiscard]] ring::BlockLease take() {
    if (taken_ == filled_) return {};
    return ring::BlockLease::try_acquire(blocks_[taken_++ % blocks_.size()].data());
  }
  [[nodiscard]] bool has_retired(std::uint32_t count) const { return filled_ - taken_ >= count; }
  [[nodiscard]] std::uint32_t block_count() const {
    return static_cast<std::uint32_t>(blocks_.size());
  }
  [[nodiscard]] std::uint64_t accepted() const { return next_number_; }
  [[nodiscard]] support::CraftedBlock& last() { return blocks_[(filled_ - 1) % blocks_.size()]; }
  [[nodiscard]] std::uint32_t blocks_in_use() {
    return static_cast<std::uint32_t>(filled_ - taken_) +
           static_cast<std::uint32_t>(std::ranges::count_if(
               blocks_, [](auto& block) { return ring::BlockLease::is_held(block.data()); }));
  }
  [[nodiscard]] bool is_leased() {
    return std::ranges::any_of(blocks_,
                               [](auto& block) { return ring::BlockLease::is_held(block.data()); });
  }
  // Of its first block.
  [[nodiscard]] std::span<std::byte> memory() { return blocks_.front().bytes(); }
  [[nodiscard]] bool all_returned() {
    return std::ranges::all_of(blocks_, [](auto& block) { return block.is_with_kernel(); });
  }

 private:
  static constexpr std::uint32_t kNanoseconds = 5'000;

  std::vector<support::CraftedBlock> blocks_;
  std::uint64_t filled_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t next_number_ = 0;
};

}  // namespace ringtail::capture
