#include "ring/adapter_clock.h"

#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include <stdexcept>

#include "base/check.h"
#include "ring/device_request.h"

namespace ringtail::ring {
namespace {

bool stamps_every_packet(int socket, const std::string& interface) {
  constexpr unsigned kNeeded = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
  ethtool_ts_info info{};
  info.cmd = ETHTOOL_GET_TS_INFO;
  if (request_of_device(socket, SIOCETHTOOL, interface, &info) != 0) return false;
  return (info.so_timestamping & kNeeded) == kNeeded &&
         (info.rx_filters & (1U << HWTSTAMP_FILTER_ALL)) != 0;
}

// What is set for sent packets stays as it is, if the driver tells it: a PTP daemon may need it.
void switch_on(int socket, const std::string& interface) {
  hwtstamp_config config{};
  if (request_of_device(socket, SIOCGHWTSTAMP, interface, &config) == 0 &&
      config.rx_filter == HWTSTAMP_FILTER_ALL) {
    return;
  }
  config.rx_filter = HWTSTAMP_FILTER_ALL;
  base::check(request_of_device(socket, SIOCSHWTSTAMP, interface, &config),
              "ioctl(SIOCSHWTSTAMP) on", interface,
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
