// Here, where libpcap may be asked: lib/ring repeats its numbers and names.
#include "ring/link_type.h"

#include <gtest/gtest.h>
#include <linux/if_arp.h>
#include <pcap/pcap.h>

#include <cstdio>
#include <map>
#include <string>

namespace ringtail::ring {
namespace {

constexpr int kHardwareTypes = 0x10000;  // ARPHRD_* have 16 bits

std::map<std::uint32_t, LinkType> all_link_types() {
  std::map<std::uint32_t, LinkType> types;
  for (int type = 0; type < kHardwareTypes; ++type) {
    const LinkType link = link_type_of(type);
    types.emplace(link.number, link);
  }
  return types;
}

// How libpcap calls the link type of a file whose header has this number.
std::string name_in_a_file(std::uint32_t number) {
  pcap_file_header header{0xa1b2c3d4, 2, 4, 0, 0, 262144, number};
  std::FILE* file = ::fmemopen(&header, sizeof header, "rb");
  char reason[PCAP_ERRBUF_SIZE] = "";
  pcap_t* reader = pcap_fopen_offline(file, reason);
  if (reader == nullptr) return reason;
  std::string name = pcap_datalink_val_to_name(pcap_datalink(reader));
  pcap_close(reader);
  return name;
}

TEST(LinkType, HasTheNameThatLibpcapGivesAFileOfItsNumber) {
  const auto types = all_link_types();
  EXPECT_EQ(types.size(), 6U);
  for (const auto& [number, link] : types) EXPECT_EQ(link.name, name_in_a_file(number)) << number;
}

TEST(LinkType, IsCookedIfItsHeaderIsNotTheLinksOwn) {
  for (const auto& [number, link] : all_link_types())
    EXPECT_EQ(link.cooked, link == kCookedLinkType) << link.name;
}

TEST(LinkType, IsThatOfTheLinksHeaders) {
  const std::map<int, std::string> names = {
      {ARPHRD_ETHER, "EN10MB"},
      {ARPHRD_LOOPBACK, "EN10MB"},
      {ARPHRD_NONE, "RAW"},
      {ARPHRD_TUNNEL, "RAW"},
      {ARPHRD_SIT, "RAW"},
      {ARPHRD_IEEE80211, "IEEE802_11"},
      {ARPHRD_IEEE80211_RADIOTAP, "IEEE802_11_RADIO"},
      {ARPHRD_IEEE80211_PRISM, "PRISM_HEADER"},
  };
  for (const auto& [type, name] : names) EXPECT_EQ(link_type_of(type).name, name) << type;
}

TEST(LinkType, IsCookedWhereNothingElseIsKnown) {
  for (const int type : {-1, kHardwareTypes, 0, ARPHRD_INFINIBAND, ARPHRD_CAN, ARPHRD_VOID,
                         ARPHRD_RAWIP, ARPHRD_TUNNEL6, ARPHRD_IPGRE, ARPHRD_IP6GRE, ARPHRD_PPP})
    EXPECT_EQ(link_type_of(type), kCookedLinkType) << type;
}

}  // namespace
}  // namespace ringtail::ring
