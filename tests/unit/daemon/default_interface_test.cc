#include "daemon/default_interface.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ringtail::daemon {
namespace {

constexpr const char* kHeading =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

std::optional<std::string> ipv4(const std::string& rows) {
  std::istringstream table(kHeading + rows);
  return default_route_ipv4(table);
}
std::optional<std::string> ipv6(const std::string& rows) {
  std::istringstream table(rows);
  return default_route_ipv6(table);
}

TEST(DefaultInterface, IsThatOfTheDefaultRouteWithTheLowestMetric) {
  EXPECT_EQ(ipv4("eth1\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                 "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
                 "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"),
            "eth0");
}

TEST(DefaultInterface, IsNotThatOfARouteThatIsDownOrUnreachable) {
  EXPECT_EQ(ipv4("eth0\t00000000\t0100A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"), std::nullopt);
  EXPECT_EQ(ipv4("*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"), std::nullopt);
}

TEST(DefaultInterface, OfIpv6IsReadFromItsOwnTable) {
  const std::string any(32, '0');
  EXPECT_EQ(
      ipv6("fe800000000000000000000000000000 40 " + any + " 00 " + any +
           " 00000100 00000001 00000000 00000001     eth1\n" + any + " 00 " + any +
           " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n" +
           any + " 00 " + any + " 00 " + any + " ffffffff 00000001 00000000 00200200       lo\n"),
      "eth0");
}

TEST(DefaultInterface, IsNotFoundInATableCutAnywhereOrInGarbage) {
  const std::string row = "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";
  for (std::size_t size = 0; size < row.find("00000000\t0\t0\t0\n"); ++size) {
    EXPECT_EQ(ipv4(row.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(ipv4("eth0\t00000000\t0100A8C0\tzzzz\t0\t0\t100\t00000000\t0\t0\t0\n"), std::nullopt);
}

}  // namespace
}  // namespace ringtail::daemon
