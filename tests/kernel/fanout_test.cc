#include "ring/fanout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "kernel/waiting.h"
#include "support/frame_sender.h"
#include "support/veth_link.h"

namespace ringtail::ring {
namespace {

using support::FrameSender;
using support::VethLink;
using tests::kAcceptAll;
using tests::take_within;

constexpr auto kSilence = std::chrono::milliseconds(200);

TEST(FanoutGroup, GivesEachPacketToOneMemberAndEachFlowToTheSame) {
  const VethLink link;
  RxRing first = tests::open_bound_ring(link.peer());
  RxRing second = tests::open_bound_ring(link.peer());
  FanoutGroup group(FanoutMode::kHash);
  first.join(group);
  second.join(group);
  first.attach_filter(kAcceptAll);
  second.attach_filter(kAcceptAll);
  constexpr std::uint64_t kSent = 2'000;
  constexpr std::uint16_t kFlows = 50;
  FrameSender(link.name(), {.source_ports = kFlows}).send_all(kSent);
  std::uint64_t taken = 0;
  std::vector<int> member_of_port(65536, -1);
  int member = 0;
  for (RxRing* ring : {&first, &second}) {
    while (const BlockLease lease = take_within(*ring, kSilence)) {
      FrameCursor frames = lease.frames();
      while (const auto frame = frames.next()) {
        ++taken;
        const auto port = static_cast<std::size_t>(frame->data[34]) << 8 |
                          static_cast<std::size_t>(frame->data[35]);
        EXPECT_TRUE(member_of_port[port] == -1 || member_of_port[port] == member) << port;
        member_of_port[port] = member;
      }
    }
    ++member;
  }
  EXPECT_EQ(taken, kSent);
  EXPECT_GT(std::ranges::count(member_of_port, 0), 0);
  EXPECT_GT(std::ranges::count(member_of_port, 1), 0);
}

TEST(FanoutGroup, TwoGroupsOfOneInterfaceDoNotMix) {
  const VethLink link;
  RxRing rings[] = {tests::open_bound_ring(link.peer()), tests::open_bound_ring(link.peer())};
  FanoutGroup groups[2] = {FanoutGroup(FanoutMode::kHash), FanoutGroup(FanoutMode::kHash)};
  rings[0].join(groups[0]);
  rings[1].join(groups[1]);
  for (RxRing& ring : rings) ring.attach_filter(kAcceptAll);
  FrameSender(link.name(), {}).send_all(100);
  for (RxRing& ring : rings) {
    std::uint64_t taken = 0;
    while (const BlockLease lease = take_within(ring, kSilence)) taken += lease.packet_count();
    EXPECT_EQ(taken, 100U);
  }
}

}  // namespace
}  // namespace ringtail::ring
