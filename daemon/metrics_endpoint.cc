#include "daemon/metrics_endpoint.h"

#include <boost/asio/ip/tcp.hpp>

namespace ringtail::daemon {

control::Endpoint metrics_endpoint(const settings::Metrics& metrics) {
  return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(metrics.address),
                                        metrics.port);
}

}  // namespace ringtail::daemon
