#include "ring/link_type.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/unique_fd.h"
#include "filter/pcap_handle.h"
#include "ring/interface.h"
#include "support/shell_command.h"

namespace ringtail::ring {
namespace {

// What libpcap records the interface as.
std::string name_by_libpcap(const std::string& interface) {
  const filter::OpenedHandle opened = filter::open_live(interface, 100);
  if (!opened.handle) return opened.reason;
  return pcap_datalink_val_to_name(pcap_datalink(opened.handle.get()));
}

std::string our_name(const std::string& interface) {
  const base::UniqueFd socket = open_lookup_socket();
  return std::string(link_type_of(find_interface(socket.get(), interface).hardware_type).name);
}

// A tun device that claims to be of any hardware type, so that no other driver is needed.
class Chameleon {
 public:
  // Of the descriptor of /dev/net/tun.
  Chameleon(base::UniqueFd tun, int hardware_type) : tun_(std::move(tun)) {
    ifreq request{};
    std::string("tun0").copy(request.ifr_name, sizeof request.ifr_name);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    base::check(::ioctl(tun_.get(), TUNSETIFF, &request), "TUNSETIFF", "tun0");
    base::check(::ioctl(tun_.get(), TUNSETLINK, hardware_type), "TUNSETLINK", "tun0");
    support::run_command("ip link set tun0 up");
  }

 private:
  base::UniqueFd tun_;
};

void expect_names(const std::vector<int>& hardware_types, const std::string& ours,
                  const std::string& libpcaps) {
  for (const int type : hardware_types) {
    base::UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tun) {
      std::cout << "not tried: this user may not open /dev/net/tun\n";
      return;
    }
    const Chameleon device(std::move(tun), type);
    EXPECT_EQ(our_name("tun0"), ours) << "hardware type " << type;
    EXPECT_EQ(name_by_libpcap("tun0"), libpcaps) << "hardware type " << type;
  }
}

TEST(LinkType, IsLibpcapsWhereTheTypeIsKnownToBoth) {
  expect_names({ARPHRD_ETHER, ARPHRD_LOOPBACK}, "EN10MB", "EN10MB");
  expect_names({ARPHRD_NONE, ARPHRD_TUNNEL, ARPHRD_SIT}, "RAW", "RAW");
  expect_names({ARPHRD_IEEE80211}, "IEEE802_11", "IEEE802_11");
  expect_names({ARPHRD_IEEE80211_PRISM}, "PRISM_HEADER", "PRISM_HEADER");
  expect_names({ARPHRD_IEEE80211_RADIOTAP}, "IEEE802_11_RADIO", "IEEE802_11_RADIO");
}

TEST(LinkType, IsCookedWhereLibpcapCooks) {
  expect_names({ARPHRD_INFINIBAND, ARPHRD_6LOWPAN, ARPHRD_PHONET, ARPHRD_VOID, ARPHRD_RAWIP,
                ARPHRD_TUNNEL6, ARPHRD_IPGRE, ARPHRD_IP6GRE, ARPHRD_PPP},
               "LINUX_SLL2", "LINUX_SLL");
}

TEST(LinkType, IsLibpcapsOnInterfacesOfManyDrivers) {
  support::run_command("ip link set lo up");
  EXPECT_EQ(our_name("lo"), name_by_libpcap("lo"));
  const std::string ends = " local 127.0.0.1 remote 127.0.0.2";
  const std::vector<std::pair<std::string, std::string>> drivers = {
      {"veth", "EN10MB"},           {"bridge", "EN10MB"},
      {"dummy", "EN10MB"},          {"vxlan id 5 dstport 4789", "EN10MB"},
      {"ipip" + ends, "RAW"},       {"sit" + ends, "RAW"},
      {"gre" + ends, "LINUX_SLL2"}, {"gretap" + ends, "EN10MB"},
      {"wireguard", "RAW"},
  };
  for (const auto& [driver, name] : drivers) {
    try {
      support::run_command("ip link add try0 type " + driver);
    } catch (const std::runtime_error&) {
      std::cout << "not tried: this kernel makes no " << driver << '\n';
      continue;
    }
    support::run_command("ip link set try0 up");
    EXPECT_EQ(our_name("try0"), name) << driver;
    const std::string theirs = name_by_libpcap("try0");
    EXPECT_EQ(theirs, name == "LINUX_SLL2" ? "LINUX_SLL" : name) << driver;
    support::run_command("ip link delete try0");
  }
}

}  // namespace
}  // namespace ringtail::ring
