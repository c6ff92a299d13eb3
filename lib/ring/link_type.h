#pragma once

#include <cstdint>
#include <string_view>

namespace ringtail::ring {

// What the records of an interface start with.
struct LinkType {
  std::uint32_t number;   // LINKTYPE_* in the header of a pcap file
  std::string_view name;  // libpcap's, without LINKTYPE_ or DLT_
  bool cooked;            // the link's own header is replaced: the packet socket is SOCK_DGRAM

  bool operator==(const LinkType&) const = default;
};

// Of the pseudo-interface `any`, and of every interface that libpcap records cooked, too.
inline constexpr LinkType kCookedLinkType{276, "LINUX_SLL2", true};

// Of links whose packets begin with the IP header.
inline constexpr LinkType kRawLinkType{101, "RAW", false};

// The ARPHRD_* that an interface is taken to have while it does not exist: ARPHRD_ETHER.
inline constexpr int kExpectedHardwareType = 1;

// `hardware_type` is the kernel's ARPHRD_*. Numbers and names are those of
// https://www.tcpdump.org/linktypes.html.
[[nodiscard]] LinkType link_type_of(int hardware_type);

}  // namespace ringtail::ring
