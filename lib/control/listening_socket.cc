#include "control/listening_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <string_view>

#include "base/check.h"

namespace ringtail::control {
namespace {

// Connections that wait to be accepted while the control thread is busy with a scrape.
constexpr int kBacklog = 128;

template <typename Protocol>
typename Protocol::endpoint as(const Endpoint& endpoint) {
  typename Protocol::endpoint result;
  std::memcpy(result.data(), endpoint.data(), std::min(endpoint.size(), result.capacity()));
  result.resize(endpoint.size());  // last: that of a Unix path looks for a zero at its end
  return result;
}

bool is_tcp(const Endpoint& endpoint) {
  const int family = endpoint.data()->sa_family;
  return family == AF_INET || family == AF_INET6;
}

std::string_view remedy_for(int error) {
  switch (error) {
    case EADDRINUSE:
      return "something listens there already; stop it or configure another address";
    case EADDRNOTAVAIL:
      return "no interface of this host has that address; configure one that it has";
    case EACCES:
      return "not permitted; configure a TCP port above 1023, or a folder that is writable";
    default:
      return "configure another address";
  }
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  std::ostringstream text;
  if (is_tcp(endpoint)) {
    text << as<boost::asio::ip::tcp>(endpoint);
  } else {
    text << as<boost::asio::local::stream_protocol>(endpoint);
  }
  return text.str();
}

base::UniqueFd listen_on(const Endpoint& endpoint) {
  const std::string address = to_text(endpoint);
  // By hand, as Asio would leave the descriptor open in every command that the daemon starts.
  base::UniqueFd fd(base::check(
      ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
      "socket for", address));
  if (is_tcp(endpoint)) {
    // A restart must not wait a minute for the last run's connections in TIME_WAIT.
    const int on = 1;
    base::check(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)),
                "setsockopt SO_REUSEADDR for", address);
  }
  const auto size = static_cast<socklen_t>(endpoint.size());
  if (::bind(fd.get(), endpoint.data(), size) < 0)
    base::throw_errno("bind", address, remedy_for(errno));
  if (::listen(fd.get(), kBacklog) < 0) base::throw_errno("listen", address, remedy_for(errno));
  return fd;
}

Endpoint local_endpoint_of(int fd) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  base::check(::getsockname(fd, endpoint.data(), &size), "getsockname", "the listening socket");
  endpoint.resize(size);
  return endpoint;
}

}  // namespace ringtail::control
