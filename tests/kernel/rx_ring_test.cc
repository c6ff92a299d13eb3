#include "ring/rx_ring.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "kernel/waiting.h"
#include "ring/packet_socket.h"
#include "support/frame_sender.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::ring {
namespace {

using support::FrameSender;
using support::FrameSocket;
using support::VethLink;
using tests::kAcceptAll;
using tests::take_within;
using namespace std::chrono_literals;

using Bytes = std::vector<std::uint8_t>;

constexpr auto kDeadline = 5000ms;
constexpr auto kSilence = 200ms;

Bytes frame_of(std::size_t size, std::uint8_t fill) {
  Bytes frame(size, fill);
  frame[0] = 0x02;
  return frame;
}

RxRing open_ring(const VethLink& link) { return tests::open_bound_ring(link.peer()); }

// Twice what its eight blocks hold.
void overfill(const VethLink& link) {
  FrameSender(link.name(), {.smallest = 1514, .largest = 1514}).send_all(12'000);
}

TEST(RxRing, TakesNothingBeforeItsFilterIsAttached) {
  const VethLink link;
  RxRing ring = open_ring(link);
  FrameSocket(link.name()).send(frame_of(60, 1));
  EXPECT_FALSE(take_within(ring, kSilence));
  EXPECT_EQ(ring.read_statistics().packets, 0U);
}

TEST(RxRing, DeliversAFrameByteForByteWithinItsBlockTimeout) {
  const VethLink link("veth0", "veth1", 9000);
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  for (const std::size_t size : {14U, 15U, 60U, 1514U, 9014U}) {
    const Bytes frame = frame_of(size, static_cast<std::uint8_t>(size));
    FrameSocket(link.name()).send(frame);
    BlockLease lease = take_within(ring, kDeadline);
    ASSERT_TRUE(lease) << size;
    ASSERT_EQ(lease.packet_count(), 1U);
    FrameCursor frames = lease.frames();
    const auto got = frames.next();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->length, size);
    ASSERT_EQ(got->data.size(), size);
    EXPECT_EQ(std::memcmp(got->data.data(), frame.data(), size), 0);
  }
}

TEST(RxRing, PutsFramesWhereTheEncoderMayPassThem) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  FrameSocket(link.name()).send(frame_of(60, 1));
  BlockLease lease = take_within(ring, kDeadline);
  ASSERT_TRUE(lease);
  FrameCursor frames = lease.frames();
  const auto frame = frames.next();
  ASSERT_TRUE(frame);
  const auto offset =
      static_cast<std::size_t>(frame->data.data() - lease.run().data()) + kRunOffset;
  EXPECT_EQ(offset, kFirstFrameOffset + 82U) << "behind the header, an address and padding";
}

TEST(RxRing, LiesAtAnAddressThatOlderKernelsWriteFrom) {
  const VethLink link;
  std::vector<RxRing> rings;
  for (int number = 0; number < 3; ++number) {
    rings.push_back(open_ring(link));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(rings.back().memory().data()) % kBlockSizeBytes, 0U);
  }
}

TEST(RxRing, CutsPacketsToWhatTheFilterReturns) {
  const VethLink link;
  RxRing ring = open_ring(link);
  const sock_filter cut[] = {{BPF_RET | BPF_K, 0, 0, 96}};
  ring.attach_filter(cut);
  FrameSocket(link.name()).send(frame_of(1000, 1));
  BlockLease lease = take_within(ring, kDeadline);
  ASSERT_TRUE(lease);
  FrameCursor frames = lease.frames();
  const auto frame = frames.next();
  EXPECT_EQ(frame->data.size(), 96U);
  EXPECT_EQ(frame->length, 1000U);
}

TEST(RxRing, TakesNothingFromTheReturnOfRejectAllOn) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  FrameSocket(link.name()).send(frame_of(60, 1));
  ring.reject_all();
  FrameSocket(link.name()).send(frame_of(60, 2));
  BlockLease lease = take_within(ring, kDeadline);
  ASSERT_TRUE(lease) << "a block that is partly filled still retires";
  EXPECT_EQ(lease.packet_count(), 1U);
  EXPECT_FALSE(take_within(ring, kSilence));
  EXPECT_EQ(ring.read_statistics().packets, 1U);
}

TEST(RxRing, CountsWhatFindsNoBlockWhileLeasesAreHeldAndGoesOnAfterwards) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  constexpr std::uint64_t kSent = 12'000;  // of 1,514 bytes: about twice what eight blocks hold
  std::vector<BlockLease> held;
  std::uint64_t in_blocks = 0;
  FrameSender sender(link.name(), {.smallest = 1514, .largest = 1514});
  for (std::uint64_t sent = 0; sent < kSent;) {
    sent += sender.send(sent, kSent - sent);
    while (BlockLease lease = ring.take()) {
      in_blocks += lease.packet_count();
      held.push_back(std::move(lease));
    }
  }
  EXPECT_EQ(held.size(), 8U);
  SocketStatistics statistics = ring.read_statistics();
  EXPECT_EQ(statistics.packets, kSent) << "drops are among them";
  EXPECT_EQ(statistics.packets - statistics.drops, in_blocks);
  EXPECT_GT(statistics.freezes, 0U);
  held.clear();
  FrameSocket(link.name()).send(frame_of(60, 1));
  EXPECT_TRUE(take_within(ring, kDeadline));
  statistics = ring.read_statistics();
  EXPECT_EQ(statistics.packets, 1U) << "reading clears";
  EXPECT_EQ(statistics.drops, 0U);
}

TEST(RxRing, AccountsForEveryPacketOfManyRoundsThroughItsBlocks) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  constexpr std::uint64_t kSent = 40'000;
  std::uint64_t walked = 0;
  const auto walk = [&walked](const BlockLease& lease) {
    FrameCursor frames = lease.frames();
    while (frames.next()) ++walked;
    EXPECT_EQ(frames.malformed(), 0U);
  };
  FrameSender sender(link.name(), {.smallest = 60, .largest = 1514});
  for (std::uint64_t sent = 0; sent < kSent;) {
    sent += sender.send(sent, kSent - sent);
    while (const BlockLease lease = ring.take()) walk(lease);
  }
  while (const BlockLease lease = take_within(ring, kSilence)) walk(lease);
  const SocketStatistics statistics = ring.read_statistics();
  EXPECT_EQ(statistics.packets, kSent);
  EXPECT_EQ(walked + statistics.drops, kSent);
}

TEST(RxRing, NeverRetiresAnEmptyBlock) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  EXPECT_FALSE(take_within(ring, kSilence));
}

TEST(RxRing, KeepsRecordingAfterItsLinkWasDown) {
  VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  link.bring_down();
  link.bring_up();
  FrameSocket(link.name()).send(frame_of(60, 1));
  EXPECT_TRUE(take_within(ring, kDeadline));
}

TEST(RxRing, NeedsNoInterfaceBeforeItIsBoundAndNamesTheOneThatIsMissingThen) {
  const RxRing ring = RxRing::open({.interface = "nowhere0", .block_count = 8});
  try {
    ring.bind(12345);
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENODEV);
    EXPECT_NE(std::string(error.what()).find("nowhere0"), std::string::npos);
  }
}

TEST(RxRing, StillHoldsWhatItTookWhenItsLinkIsDeleted) {
  VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  FrameSocket(link.name()).send(frame_of(60, 1));
  link.remove();
  const BlockLease lease = take_within(ring, kDeadline);
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease.packet_count(), 1U);
}

TEST(RxRing, KnowsWhetherALeaseHasNotEndedYet) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  std::vector<BlockLease> held;
  for (int blocks = 0; blocks < 2; ++blocks) {
    EXPECT_EQ(ring.is_leased(), blocks > 0);
    FrameSocket(link.name()).send(frame_of(60, 1));
    held.push_back(take_within(ring, kDeadline));
    ASSERT_TRUE(held.back());
  }
  held.erase(held.begin());
  EXPECT_TRUE(ring.is_leased());
  held.clear();
  EXPECT_FALSE(ring.is_leased());
}

TEST(RxRing, CountsABlockAsInUseUntilItsLeaseAndAllBeforeHaveEnded) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  EXPECT_EQ(ring.blocks_in_use(), 0U);
  overfill(link);
  EXPECT_EQ(ring.blocks_in_use(), 8U);
  EXPECT_EQ(ring.count_blocks_in_use(), 8U);
  std::vector<BlockLease> held;
  held.reserve(3);
  for (int blocks = 0; blocks < 3; ++blocks) held.push_back(ring.take());
  EXPECT_EQ(ring.blocks_in_use(), 8U);
  held.pop_back();
  EXPECT_EQ(ring.blocks_in_use(), 8U) << "the kernel stops at the oldest";
  held.clear();
  EXPECT_EQ(ring.blocks_in_use(), 5U);
  EXPECT_EQ(ring.count_blocks_in_use(), 5U);
  while (ring.take()) {
  }
  EXPECT_EQ(ring.blocks_in_use(), 0U);
  EXPECT_EQ(ring.count_blocks_in_use(), 0U);
}

TEST(RxRing, SaysHowManyBlocksCanBeTaken) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  EXPECT_FALSE(ring.has_retired(1));
  overfill(link);
  EXPECT_TRUE(ring.has_retired(8));
  std::vector<BlockLease> held;
  held.reserve(6);
  for (int blocks = 0; blocks < 6; ++blocks) held.push_back(ring.take());
  EXPECT_TRUE(ring.has_retired(2));
  EXPECT_FALSE(ring.has_retired(3)) << "a block that is leased cannot be taken";
  held.clear();
  EXPECT_TRUE(ring.has_retired(2));
  EXPECT_FALSE(ring.has_retired(3)) << "a block that is the kernel's cannot be taken";
}

TEST(RxRing, RefusesAFilterThatTheKernelRefusesAndKeepsTheOldOne) {
  const VethLink link;
  RxRing ring = open_ring(link);
  ring.attach_filter(kAcceptAll);
  const sock_filter endless[] = {{BPF_LD | BPF_IMM, 0, 0, 1}};  // does not end with a return
  EXPECT_THROW(ring.attach_filter(endless), std::system_error);
  EXPECT_THROW(ring.attach_filter(std::vector<sock_filter>(5000, kAcceptAll[0])),
               std::system_error);
  FrameSocket(link.name()).send(frame_of(60, 1));
  EXPECT_TRUE(take_within(ring, kDeadline));
}

TEST(RxRing, NamesTheLimitOfDescriptorsWhenItIsReached) {
  const VethLink link;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none_left = before;
  none_left.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  std::string refusal;
  try {
    (void)open_packet_socket(link.peer(), false);
  } catch (const std::system_error& error) {
    refusal = error.what();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(refusal.find("RLIMIT_NOFILE"), std::string::npos) << refusal;
  EXPECT_EQ(refusal.find("CAP_NET_RAW"), std::string::npos) << refusal;
}

}  // namespace
}  // namespace ringtail::ring
