#include "control/listening_socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <system_error>

namespace ringtail::control {
namespace {

using boost::asio::ip::make_address;
using testing::HasSubstr;

Endpoint tcp(const char* address, std::uint16_t port) {
  return boost::asio::ip::tcp::endpoint(make_address(address), port);
}

std::string error_of(const Endpoint& endpoint) {
  try {
    (void)listen_on(endpoint);
    return "did not throw";
  } catch (const std::system_error& error) {
    return error.what();
  }
}

TEST(Endpoint, IsShownAsItIsConfigured) {
  EXPECT_EQ(to_text(tcp("127.0.0.1", 9477)), "127.0.0.1:9477");
  EXPECT_EQ(to_text(tcp("::1", 80)), "[::1]:80");
  EXPECT_EQ(to_text(boost::asio::local::stream_protocol::endpoint("/run/a.sock")), "/run/a.sock");
}

TEST(ListeningSocket, GetsAPortFromTheKernelAndIsNotInherited) {
  const base::UniqueFd fd = listen_on(tcp("127.0.0.1", 0));
  EXPECT_THAT(to_text(local_endpoint_of(fd.get())), testing::MatchesRegex("127.0.0.1:[1-9][0-9]*"));
  EXPECT_TRUE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC);
  EXPECT_TRUE(::fcntl(fd.get(), F_GETFL) & O_NONBLOCK);
}

bool has_ipv6() {
  try {
    (void)listen_on(tcp("::1", 0));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

TEST(ListeningSocket, OnAllOfIpv6TakesIpv4AsWell) {
  if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  const base::UniqueFd fd = listen_on(tcp("::", 0));
  const Endpoint bound = local_endpoint_of(fd.get());
  const std::uint16_t port = ntohs(reinterpret_cast<const sockaddr_in6*>(bound.data())->sin6_port);
  for (const char* address : {"127.0.0.1", "::1"}) {
    const Endpoint server = tcp(address, port);
    const base::UniqueFd client(
        ::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), server.data(), static_cast<socklen_t>(server.size())), 0)
        << address;
  }
}

TEST(ListeningSocket, ThatIsTakenNamesTheAddressAndARemedy) {
  const base::UniqueFd first = listen_on(tcp("127.0.0.1", 0));
  const Endpoint taken = local_endpoint_of(first.get());
  const std::string error = error_of(taken);
  EXPECT_THAT(error, HasSubstr("bind " + to_text(taken)));
  EXPECT_THAT(error, HasSubstr("stop it or configure another address"));
  EXPECT_THAT(error, HasSubstr("Address already in use"));
}

std::uint16_t port_of(int fd) {
  const Endpoint bound = local_endpoint_of(fd);
  return ntohs(reinterpret_cast<const sockaddr_in*>(bound.data())->sin_port);
}

TEST(ListeningSocket, MovesToAnAddressThatHoldsItsOwnOrIsPartOfIt) {
  const base::UniqueFd one = listen_on(tcp("127.0.0.1", 0));
  const std::uint16_t port = port_of(one.get());
  base::UniqueFd all = listen_beside(one.get(), tcp("0.0.0.0", port));
  EXPECT_EQ(to_text(local_endpoint_of(all.get())), "0.0.0.0:" + std::to_string(port));
  const base::UniqueFd same = listen_beside(one.get(), tcp("127.0.0.1", port));
  EXPECT_EQ(port_of(same.get()), port);
  const base::UniqueFd part = listen_beside(all.get(), tcp("127.0.0.2", port));
  EXPECT_EQ(port_of(part.get()), port);
}

TEST(ListeningSocket, SharesItsPortWithNobodyElse) {
  const base::UniqueFd others = listen_on(tcp("127.0.0.1", 0));
  const Endpoint taken = local_endpoint_of(others.get());
  const base::UniqueFd own = listen_on(tcp("127.0.0.1", 0));
  EXPECT_THROW((void)listen_beside(own.get(), taken), std::system_error);
  const base::UniqueFd moved = listen_beside(own.get(), tcp("127.0.0.2", port_of(own.get())));
  for (const base::UniqueFd* listening : {&own, &moved})
    EXPECT_THROW((void)listen_on(local_endpoint_of(listening->get())), std::system_error);
}

TEST(ListeningSocket, OnAnAddressOfAnotherHostNamesTheAddressAndARemedy) {
  const std::string error = error_of(tcp("192.0.2.1", 9477));
  EXPECT_THAT(error, HasSubstr("bind 192.0.2.1:9477 (no interface of this host has that address"));
}

TEST(ListeningSocket, InAFolderThatDoesNotExistNamesThePath) {
  EXPECT_THAT(error_of(boost::asio::local::stream_protocol::endpoint("/nonexistent/a.sock")),
              HasSubstr("bind /nonexistent/a.sock"));
}

}  // namespace
}  // namespace ringtail::control
