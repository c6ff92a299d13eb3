#include "ring/adapter_clock.h"

#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <stdexcept>

#include "base/check.h"

namespace ringtail::ring {
namespace {

template <typename Data>
int ask(int socket, unsigned long request, const std::string& interface, Data& data) {
  ifreq question{};
  interface.copy(question.ifr_name, sizeof question.ifr_name - 1);
  question.ifr_data = reinterpret_cast<char*>(&data);
  return ::ioctl(socket, request, &question);
}

bool stamps_every_packet(int socket, const std::string& interface) {
  constexpr unsigned kNeeded = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
  ethtool_ts_info info{};
  info.cmd = ETHTOOL_GET_TS_INFO;
  if (ask(socket, SIOCETHTOOL, interface, info) != 0) return false;
  return (info.so_timestamping & kNeeded) == kNeeded &&
         (info.rx_filters & (1U << HWTSTAMP_FILTER_ALL)) != 0;
}

// What is set for sent packets stays as it is: a PTP daemon may need it.
void switch_on(int socket, const std::string& interface) {
  hwtstamp_config config{};
  if (ask(socket, SIOCGHWTSTAMP, interface, config) == 0 &&
      config.rx_filter == HWTSTAMP_FILTER_ALL) {
    return;
  }
  config.rx_filter = HWTSTAMP_FILTER_ALL;
  base::check(ask(socket, SIOCSHWTSTAMP, interface, config), "ioctl(SIOCSHWTSTAMP) on", interface,
              "switching the adapter's clock on needs CAP_NET_ADMIN; or do it beforehand with "
              "`hwstamp_ctl -r 1`");
}

}  // namespace

void use_adapter_clock(int socket, const std::string& interface) {
  if (!stamps_every_packet(socket, interface)) {
    throw std::runtime_error("the adapter of " + interface +
                             " has no clock that stamps every received packet (see `ethtool -T " +
                             interface + "`): leave timestamps.source at host");
  }
  switch_on(socket, interface);
  const int raw_hardware = SOF_TIMESTAMPING_RAW_HARDWARE;
  base::check(
      ::setsockopt(socket, SOL_PACKET, PACKET_TIMESTAMP, &raw_hardware, sizeof raw_hardware),
      "setsockopt(PACKET_TIMESTAMP) on", interface);
}

}  // namespace ringtail::ring
