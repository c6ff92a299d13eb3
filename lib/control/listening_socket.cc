#include "control/listening_socket.h"

#include <netinet/in.h>
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

// What the kernel holds of one connection in either direction (it takes the double for its own
// book-keeping). Left to itself it lets a client that does not read have up to 4 MiB.
constexpr int kSocketBufferBytes = 128 * 1024;

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
    case EAFNOSUPPORT:
      return "this kernel does without that kind of address; configure one of another kind";
    case EADDRNOTAVAIL:
      return "no interface of this host has that address; configure one that it has";
    case EACCES:
      return "not permitted; configure a TCP port above 1023, or a folder that is writable";
    default:
      return "configure another address";
  }
}

void set_option(int fd, int level, int option, int value, const std::string& address) {
  base::check(::setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt for", address);
}

base::UniqueFd make_socket(const Endpoint& endpoint, const std::string& address) {
  const int family = endpoint.protocol().family();
  // By hand, as Asio would leave the descriptor open in every command that the daemon starts.
  base::UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) base::throw_errno("socket for", address, remedy_for(errno));
  // Connections inherit them.
  set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, kSocketBufferBytes, address);
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kSocketBufferBytes, address);
  // A restart must not wait a minute for the last run's connections in TIME_WAIT.
  if (is_tcp(endpoint)) set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, address);
  // [::] is every address of both families, whatever net.ipv6.bindv6only says.
  if (family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0, address);
  return fd;
}

void bind_and_listen(int fd, const Endpoint& endpoint, const std::string& address) {
  const auto size = static_cast<socklen_t>(endpoint.size());
  if (::bind(fd, endpoint.data(), size) < 0) base::throw_errno("bind", address, remedy_for(errno));
  if (::listen(fd, kBacklog) < 0) base::throw_errno("listen", address, remedy_for(errno));
}

// While it lives, a TCP socket shares its port with those for which the same is true. No longer:
// who else wants to listen there must be told.
class SharedPort {
 public:
  explicit SharedPort(int fd) : fd_(fd) { share(1); }
  ~SharedPort() { share(0); }
  SharedPort(const SharedPort&) = delete;
  SharedPort& operator=(const SharedPort&) = delete;

 private:
  // Refused for a Unix socket, which has no port; else bind() says so.
  void share(int value) const {
    (void)::setsockopt(fd_, SOL_SOCKET, SO_REUSEPORT, &value, sizeof(value));
  }

  int fd_;
};

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
  base::UniqueFd fd = make_socket(endpoint, address);
  bind_and_listen(fd.get(), endpoint, address);
  return fd;
}

base::UniqueFd listen_beside(int own, const Endpoint& endpoint) {
  const std::string address = to_text(endpoint);
  base::UniqueFd fd = make_socket(endpoint, address);
  const SharedPort of_own(own);
  const SharedPort of_new(fd.get());
  bind_and_listen(fd.get(), endpoint, address);
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
