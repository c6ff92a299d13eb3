#include "ring/link_type.h"

#include <net/if_arp.h>

namespace ringtail::ring {

static_assert(kExpectedHardwareType == ARPHRD_ETHER);

LinkType link_type_of(int hardware_type) {
  switch (hardware_type) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:  // has Ethernet headers, with addresses of zeros
      return {1, "EN10MB", false};
    case ARPHRD_NONE:  // tun, WireGuard
    case ARPHRD_TUNNEL:
    case ARPHRD_SIT:
      return kRawLinkType;
    case ARPHRD_IEEE80211:  // these three: wireless in monitor mode
      return {105, "IEEE802_11", false};
    case ARPHRD_IEEE80211_PRISM:
      return {119, "PRISM_HEADER", false};
    case ARPHRD_IEEE80211_RADIOTAP:
      return {127, "IEEE802_11_RADIO", false};
    default:
      return kCookedLinkType;
  }
}

}  // namespace ringtail::ring
