#include "daemon/interface_listing.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include <boost/json.hpp>
#include <limits>

namespace ringtail::daemon {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

// An interface whose device says everything.
InterfaceDescription card() {
  InterfaceDescription card;
  card.link.name = "eth0";
  card.link.index = 12;
  card.link.hardware_type = ARPHRD_ETHER;
  card.link.state = ring::LinkState::kUp;
  card.link.flags = unsigned{IFF_UP} | IFF_LOWER_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST;
  card.link.mtu = 1500;
  for (const char* counter :
       {"rx_errors", "rx_fifo_errors", "tx_packets", "tx_errors", "tx_dropped", "tx_fifo_errors"})
    card.link.counters[counter] = card.link.counters.size() + 1;
  card.link.counters["rx_packets"] = kMost;
  card.link.counters["rx_dropped"] = 400;
  card.link.counters["rx_missed_errors"] = 30;
  card.driver = "ixgbe";
  card.queues = ring::Queues{8, 4};
  card.offloads = {true, false, false, true, true};
  return card;
}

// One whose device says nothing.
InterfaceDescription tunnel() {
  InterfaceDescription tunnel;
  tunnel.link.name = "tun0";
  tunnel.link.index = 3;
  tunnel.link.hardware_type = ARPHRD_NONE;
  tunnel.link.state = ring::LinkState::kNoCarrier;
  tunnel.link.mtu = 1420;
  return tunnel;
}

json::array listed(const std::vector<InterfaceDescription>& interfaces, bool with_counters) {
  const std::string text = interface_json(interfaces, with_counters);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  return json::parse(text).at("interfaces").as_array();
}

TEST(InterfaceTable, ShowsWhatIsKnownAndAnyAtTheEnd) {
  EXPECT_EQ(
      interface_table({card(), tunnel()}),
      "NAME  INDEX  STATE       LINKTYPE     MTU  DRIVER  RXQ  TXQ  GRO  GRO-HW  LRO  TSO  "
      "RX-VLAN\n"
      "eth0     12  up          EN10MB      1500  ixgbe     8    4  on   off     off  on   on\n"
      "tun0      3  no-carrier  RAW         1420  -         -    -  -    -       -    -    -\n"
      "any       -  up          LINUX_SLL2     -  -         -    -  -    -       -    -    -\n");
}

TEST(InterfaceTable, LetsNoNameWriteToTheTerminal) {
  InterfaceDescription odd = card();
  odd.link.name = "a\x1b[2J\"\\\xc3\xa9";
  const std::string table = interface_table({odd});
  EXPECT_NE(table.find("\na\\x1b[2J\"\\\\xc3\\xa9 "), std::string::npos) << table;
  EXPECT_NE(counter_table({odd}).find("\na\\x1b[2J"), std::string::npos);
}

TEST(CounterTable, HasTheColumnsOfNetstat) {
  EXPECT_EQ(counter_table({card()}),
            "NAME   MTU                 RX-OK  RX-ERR  RX-DRP  RX-OVR  TX-OK  TX-ERR  TX-DRP  "
            "TX-OVR  FLAGS\n"
            "eth0  1500  18446744073709551615       1     430       2      3       4       5       "
            "6  BMRU\n");
}

TEST(CounterTable, ShowsEachFlagByNetstatsLetter) {
  const auto letters_of = [](std::uint32_t flags) {
    InterfaceDescription interface = card();
    interface.link.flags = flags;
    const std::string table = counter_table({interface});
    return table.substr(table.rfind(' ') + 1);
  };
  EXPECT_EQ(letters_of(IFF_UP | IFF_LOOPBACK | IFF_RUNNING), "LRU\n");
  EXPECT_EQ(letters_of(IFF_POINTOPOINT | IFF_NOARP | IFF_PROMISC), "POP\n");
  EXPECT_EQ(letters_of(0xffff), "ABDLMdPNOPsmRU\n");
}

TEST(InterfaceJson, HasTypesThatProgramsUnderstand) {
  const json::array list = listed({card()}, false);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0], json::parse(R"({
    "name": "eth0", "index": 12, "state": "up", "flags": "BMRU", "hardware_type": 1,
    "link_type": {"name": "EN10MB", "number": 1, "cooked": false}, "mtu": 1500,
    "driver": "ixgbe", "rx_queues": 8, "tx_queues": 4,
    "offloads": {"gro": true, "gro_hw": false, "lro": false, "tso": true, "rx_vlan": true}})"));
}

TEST(InterfaceJson, SaysNullForWhatIsUnknownAndForMostOfAny) {
  const json::array list = listed({tunnel()}, true);
  EXPECT_TRUE(list[0].at("driver").is_null());
  EXPECT_TRUE(list[0].at("rx_queues").is_null());
  EXPECT_TRUE(list[0].at("offloads").at("gro").is_null());
  EXPECT_EQ(list[1], json::parse(R"({
    "name": "any", "index": null, "state": "up", "flags": null, "hardware_type": null,
    "link_type": {"name": "LINUX_SLL2", "number": 276, "cooked": true}, "mtu": null,
    "driver": null, "rx_queues": null, "tx_queues": null,
    "offloads": {"gro": null, "gro_hw": null, "lro": null, "tso": null, "rx_vlan": null},
    "counters": null})"));
}

TEST(InterfaceJson, KeepsAll64BitsOfTheKernelsCounters) {
  const json::value counters = listed({card()}, true)[0].at("counters");
  EXPECT_EQ(counters.at("rx_packets").to_number<std::uint64_t>(), kMost);
  EXPECT_EQ(counters.at("rx_dropped"), 400);
  EXPECT_EQ(counters.at("rx_missed_errors"), 30);
}

TEST(InterfaceJson, KeepsEachNameThatIsUtf8AndEscapesOthers) {
  for (const std::string name : {"a\"b\\c", "\xc3\xa9th0", "\x01\x7f", "'$(id)'"}) {
    InterfaceDescription odd = card();
    odd.link.name = name;
    EXPECT_EQ(listed({odd}, false)[0].at("name").as_string(), name);
  }
  InterfaceDescription broken = card();
  broken.link.name = "\xc3th0\xff";
  EXPECT_EQ(listed({broken}, false)[0].at("name").as_string(), "\\xc3th0\\xff");
}

}  // namespace
}  // namespace ringtail::daemon
