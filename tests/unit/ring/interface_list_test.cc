#include "ring/interface_list.h"

#include <gtest/gtest.h>
#include <linux/if.h>

namespace ringtail::ring {
namespace {

TEST(LinkState, IsDownUntilSomebodySwitchesTheInterfaceOn) {
  EXPECT_EQ(link_state(0, IF_OPER_DOWN), LinkState::kDown);
  EXPECT_EQ(link_state(IFF_LOWER_UP | IFF_RUNNING, IF_OPER_UP), LinkState::kDown);
}

TEST(LinkState, FollowsTheCarrierOfAnInterfaceThatIsOn) {
  EXPECT_EQ(link_state(IFF_UP, IF_OPER_DOWN), LinkState::kNoCarrier);
  EXPECT_EQ(link_state(IFF_UP, IF_OPER_DORMANT), LinkState::kNoCarrier);
  for (const int late : {IF_OPER_UP, IF_OPER_DOWN, IF_OPER_UNKNOWN, IF_OPER_LOWERLAYERDOWN})
    EXPECT_EQ(link_state(IFF_UP | IFF_LOWER_UP, static_cast<std::uint8_t>(late)), LinkState::kUp);
  EXPECT_EQ(link_state(IFF_UP | IFF_LOWER_UP, IF_OPER_DORMANT), LinkState::kDormant);
}

TEST(ListInterfaces, ShowsLoopbackWithAllCounters) {
  const auto interfaces = list_interfaces();
  ASSERT_FALSE(interfaces.empty());
  EXPECT_EQ(interfaces[0].name, "lo");
  EXPECT_EQ(interfaces[0].counters.size(), 24U);
}

}  // namespace
}  // namespace ringtail::ring
