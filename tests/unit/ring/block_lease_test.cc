#include "ring/block_lease.h"

#include <gtest/gtest.h>

#include <utility>

#include "support/crafted_block.h"

namespace ringtail::ring {
namespace {

using support::CraftedBlock;

TEST(BlockLease, IsEmptyWhileTheKernelOwnsTheBlock) {
  CraftedBlock block;
  EXPECT_FALSE(BlockLease::try_acquire(block.data()));
}

TEST(BlockLease, KeepsTheBlockUntilItsEnd) {
  CraftedBlock block;
  block.add({.bytes = std::vector<std::uint8_t>(60)});
  block.retire();
  {
    const BlockLease lease = BlockLease::try_acquire(block.data());
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease.packet_count(), 1U);
    EXPECT_FALSE(block.is_with_kernel());
  }
  EXPECT_TRUE(block.is_with_kernel());
}

TEST(BlockLease, OfABlockThatIsLeasedAlreadyIsEmpty) {
  CraftedBlock block;
  block.retire();
  {
    const BlockLease lease = BlockLease::try_acquire(block.data());
    EXPECT_FALSE(BlockLease::try_acquire(block.data()));
  }
  block.retire();
  EXPECT_TRUE(BlockLease::try_acquire(block.data()));
}

TEST(BlockLease, TellsWhetherTheBlockWasRetiredAtItsTimeout) {
  CraftedBlock full;
  CraftedBlock late;
  full.retire();
  late.retire_at_timeout();
  EXPECT_FALSE(BlockLease::try_acquire(full.data()).timed_out());
  BlockLease lease = BlockLease::try_acquire(late.data());
  const BlockLease moved = std::move(lease);
  EXPECT_TRUE(moved.timed_out());
}

TEST(BlockLease, IsInUseFromTheRetirementOfItsBlockToItsEnd) {
  CraftedBlock block;
  EXPECT_FALSE(BlockLease::is_in_use(block.data()));
  block.retire();
  EXPECT_TRUE(BlockLease::is_in_use(block.data()));
  EXPECT_TRUE(BlockLease::is_retired(block.data()));
  {
    const BlockLease lease = BlockLease::try_acquire(block.data());
    EXPECT_TRUE(BlockLease::is_in_use(block.data()));
    EXPECT_FALSE(BlockLease::is_retired(block.data()));
  }
  EXPECT_FALSE(BlockLease::is_in_use(block.data()));
}

TEST(BlockLease, MovesWithoutReturningTheBlock) {
  CraftedBlock block;
  block.retire();
  BlockLease first = BlockLease::try_acquire(block.data());
  BlockLease second = std::move(first);
  EXPECT_FALSE(
      first);  // NOLINT(bugprone-use-after-move, clang-analyzer-cplusplus.Move): under test
  EXPECT_FALSE(block.is_with_kernel());
  second = BlockLease{};
  EXPECT_TRUE(block.is_with_kernel());
}

TEST(BlockLease, AssignmentReturnsTheBlockItHeldBefore) {
  CraftedBlock one, other;
  one.retire();
  other.retire();
  BlockLease lease = BlockLease::try_acquire(one.data());
  lease = BlockLease::try_acquire(other.data());
  EXPECT_TRUE(one.is_with_kernel());
  EXPECT_FALSE(other.is_with_kernel());
}

TEST(BlockLease, ItsRunIsPageAlignedAndLeavesTheDescriptorOut) {
  CraftedBlock block;
  block.retire();
  const BlockLease lease = BlockLease::try_acquire(block.data());
  EXPECT_EQ(lease.run().data(), block.data() + 4096);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(lease.run().data()) % 4096, 0U);
  EXPECT_EQ(lease.run().size(), kBlockSizeBytes - 4096);
}

TEST(BlockLease, BoundsWhatItsPacketsFillWhenEncoded) {
  CraftedBlock block;
  for (int i = 0; i < 10; ++i) block.add({.bytes = std::vector<std::uint8_t>(60)});
  block.retire();
  const BlockLease lease = BlockLease::try_acquire(block.data());
  EXPECT_GE(lease.encoded_bound_bytes(), 10U * (16 + 4 + 60));
  EXPECT_LE(lease.encoded_bound_bytes(), 10U * 160);
}

TEST(BlockLease, ClampsALengthOrAnOffsetOutsideTheBlock) {
  for (const std::uint32_t wild : {0U, 1U, 8191U, kBlockSizeBytes + 1, 0xffffffffU}) {
    CraftedBlock block;
    block.add({.bytes = std::vector<std::uint8_t>(60)});
    block.descriptor().blk_len = wild;
    block.retire();
    EXPECT_LE(BlockLease::try_acquire(block.data()).encoded_bound_bytes(), kBlockSizeBytes);
    block.descriptor().blk_len = kBlockSizeBytes;
    block.descriptor().offset_to_first_pkt = wild;
    block.retire();
    EXPECT_LE(BlockLease::try_acquire(block.data()).encoded_bound_bytes(), kBlockSizeBytes);
  }
}

}  // namespace
}  // namespace ringtail::ring
