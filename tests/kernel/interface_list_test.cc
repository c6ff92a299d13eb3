#include "ring/interface_list.h"

#include <gtest/gtest.h>
#include <net/if_arp.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "ring/ethtool.h"
#include "ring/interface.h"
#include "support/frame_socket.h"
#include "support/shell_command.h"
#include "support/veth_link.h"

namespace ringtail::ring {
namespace {

ListedInterface find(const std::string& name) {
  const auto all = list_interfaces();
  const auto found = std::ranges::find(all, name, &ListedInterface::name);
  if (found == all.end()) throw std::runtime_error(name + " is not listed");
  return *found;
}

TEST(Interface, IsFoundWithItsStateAndGoneWhenItIsGone) {
  support::VethLink link;
  const base::UniqueFd socket = open_lookup_socket();
  EXPECT_TRUE(find_interface(socket.get(), link.peer()).up);
  EXPECT_GT(find_interface(socket.get(), link.peer()).index, 0);
  link.bring_down();
  EXPECT_FALSE(look_up_interface(socket.get(), link.peer())->up);
  link.remove();
  for (const std::string& name :
       {link.peer(), std::string("a-name-of-more-than-15-bytes"), std::string()}) {
    EXPECT_FALSE(look_up_interface(socket.get(), name)) << name;
  }
}

TEST(ListInterfaces, SeesThisNamespaceAlone) {
  const support::VethLink link;
  const auto all = list_interfaces();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "lo");
  EXPECT_LT(all[1].index, all[2].index);
}

TEST(ListInterfaces, TellsWhatTheKernelHas) {
  const support::VethLink link("left0", "right0", 1400);
  const ListedInterface listed = find("left0");
  EXPECT_EQ(listed.index, find_interface(open_lookup_socket().get(), "left0").index);
  EXPECT_EQ(listed.mtu, 1400U);
  EXPECT_EQ(listed.hardware_type, ARPHRD_ETHER);
  EXPECT_EQ(find("lo").hardware_type, ARPHRD_LOOPBACK);
}

TEST(ListInterfaces, TellsTheStateOfALink) {
  const support::VethLink link("left0", "right0");
  EXPECT_EQ(find("left0").state, LinkState::kUp);
  support::run_command("ip link set right0 down");
  EXPECT_EQ(find("left0").state, LinkState::kNoCarrier);
  EXPECT_EQ(find("right0").state, LinkState::kDown);
  support::run_command("ip link set right0 up && ip link set left0 mode dormant");
  support::run_command("ip link set left0 state dormant");
  EXPECT_EQ(find("left0").state, LinkState::kDormant);
}

TEST(ReadInterfaces, FindsThoseThatThereAreAndTheirCounters) {
  const support::VethLink link("left0", "right0");
  support::FrameSocket(link.name()).send(std::vector<std::uint8_t>(60, 2));
  const auto found = read_interfaces({"right0", "none0", "left0"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "right0");
  EXPECT_EQ(found[0].counters.at("rx_packets"), 1U);
  EXPECT_EQ(found[1].counters.at("tx_packets"), 1U);
  EXPECT_EQ(found[1].counters, find("left0").counters);
}

TEST(ReadInterfaces, TakesNoNameForAnother) {
  EXPECT_TRUE(read_interfaces({"", "l", "a-name-that-is-too-long"}).empty());
}

TEST(Ethtool, FollowsWhatIsSwitched) {
  const support::VethLink link("left0", "right0");
  Ethtool ethtool;
  for (const bool on : {true, false, true}) {
    for (const std::string offload : {"gro", "tso", "rxvlan"})
      support::run_command("ethtool -K left0 " + offload + (on ? " on" : " off"));
    const Offloads offloads = ethtool.offloads("left0");
    EXPECT_EQ(offloads.gro, on);
    EXPECT_EQ(offloads.tso, on);
    EXPECT_EQ(offloads.rx_vlan, on);
    EXPECT_EQ(offloads.lro, false);
  }
  EXPECT_EQ(ethtool.driver("left0"), "veth");
}

TEST(Ethtool, CountsQueuesInUse) {
  support::run_command("ip link add left0 numrxqueues 4 numtxqueues 4 type veth peer name right0");
  support::run_command("ethtool -L left0 rx 3 tx 2");
  const auto queues = Ethtool().queues("left0");
  support::run_command("ip link delete left0");
  ASSERT_TRUE(queues);
  EXPECT_EQ(queues->rx, 3U);
  EXPECT_EQ(queues->tx, 2U);
}

TEST(Ethtool, SaysNothingAboutAnInterfaceThatHasVanished) {
  Ethtool ethtool;
  {
    const support::VethLink link("left0", "right0");
    EXPECT_TRUE(ethtool.offloads("left0").gro);
  }
  EXPECT_FALSE(ethtool.offloads("left0").gro);
  EXPECT_FALSE(ethtool.driver("left0"));
  EXPECT_FALSE(ethtool.queues("left0"));
  EXPECT_FALSE(Ethtool().offloads("left0").gro);
}

TEST(Ethtool, KnowsTheNextDeviceAfterTheFirstHasVanished) {
  Ethtool ethtool;
  EXPECT_FALSE(ethtool.offloads("none0").gro);
  EXPECT_TRUE(ethtool.offloads("lo").gro);
}

TEST(Ethtool, SaysNothingForWhatADeviceDoesNotKnow) {
  EXPECT_FALSE(Ethtool().driver("lo"));
  EXPECT_FALSE(Ethtool().queues("lo"));
  EXPECT_FALSE(Ethtool().driver("a-name-that-is-too-long"));
}

}  // namespace
}  // namespace ringtail::ring
