#include "support/frame_socket.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ringtail::support {
namespace {

constexpr std::size_t kLargestReceived = 262'144;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

FrameSocket::FrameSocket(const std::string& interface, Direction direction)
    : interface_(interface), socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) fail("open a packet socket (root or CAP_NET_RAW is needed)");
  const unsigned index = ::if_nametoindex(interface.c_str());
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(index);
  // Past the queueing discipline, so that a frame the device refuses is known and sent again.
  const int bypass = 1;
  if (::setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass) != 0) {
    fail_and_close("setsockopt PACKET_QDISC_BYPASS on " + interface);
  }
  if (direction == Direction::kSendAndReceive) address.sll_protocol = htons(ETH_P_ALL);
  if (index == 0 ||
      ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail_and_close("bind to " + interface);
  }
}

void FrameSocket::fail_and_close(const std::string& what) const {
  const int error = errno;
  ::close(socket_);
  throw std::system_error(error, std::generic_category(), what);
}

FrameSocket::~FrameSocket() { ::close(socket_); }

void FrameSocket::send(std::span<const std::uint8_t> frame) {
  while (::send(socket_, frame.data(), frame.size(), 0) < 0) {
    if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) fail("send on " + interface_);
    ::sched_yield();
  }
}

std::optional<std::vector<std::uint8_t>> FrameSocket::receive(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::vector<std::uint8_t> frame(kLargestReceived);
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waited{socket_, POLLIN, 0};
    const int ready = ::poll(&waited, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) fail("poll " + interface_);
    if (ready == 0) return std::nullopt;
    sockaddr_ll from{};
    socklen_t from_size = sizeof from;
    const ssize_t size = ::recvfrom(socket_, frame.data(), frame.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0) fail("receive on " + interface_);
    if (from.sll_pkttype == PACKET_OUTGOING) continue;
    frame.resize(static_cast<std::size_t>(size));
    return frame;
  }
}

}  // namespace ringtail::support
