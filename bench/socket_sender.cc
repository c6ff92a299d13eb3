#include "bench/socket_sender.h"

#include <linux/if_packet.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <random>

#include "base/check.h"
#include "support/send_pace.h"

namespace ringtail::bench {
namespace {

constexpr std::size_t kMessagesAtOnce =
    12 * 50;  // a multiple of what the mix and the ports repeat in

base::UniqueFd open_socket(const std::string& interface) {
  base::UniqueFd socket(base::check(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0),
                                    "socket(AF_PACKET) for", interface, "it takes root"));
  const int bypass = 1;
  base::check(::setsockopt(socket.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass),
              "setsockopt(PACKET_QDISC_BYPASS) for", interface);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  base::check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              "bind to", interface);
  return socket;
}

std::size_t size_of(std::size_t frame, const FrameSizes& sizes) {
  if (!sizes.mixed) return sizes.largest;
  const std::size_t place = frame % kMixOf;
  if (place < kMixSmallShare) return kMixSmall;
  return place < kMixSmallShare + kMixMiddleShare ? kMixMiddle : kMixLarge;
}

}  // namespace

SocketSender::SocketSender(const std::string& interface, const FrameSizes& sizes, Carried carried,
                           double frames_per_second)
    : interface_(interface),
      frames_per_second_(frames_per_second),
      socket_(open_socket(interface)) {
  for (std::size_t i = 0; i < kMessagesAtOnce; ++i) {
    std::vector<std::uint8_t> frame = make_frame(size_of(i, sizes), carried);
    const auto port = static_cast<std::uint16_t>(kFirstPort + i % kPorts);
    frame[kPortOffset] = static_cast<std::uint8_t>(port >> 8);
    frame[kPortOffset + 1] = static_cast<std::uint8_t>(port);
    frames_.push_back(std::move(frame));
  }
  std::mt19937 random(0);  // NOLINT(cert-msc51-cpp,bugprone-random-generator-seed): the same always
  std::shuffle(frames_.begin(), frames_.end(), random);
  for (auto& frame : frames_) pieces_.push_back({frame.data(), frame.size()});
  messages_.resize(kMessagesAtOnce);
  for (std::size_t i = 0; i < kMessagesAtOnce; ++i) {
    messages_[i].msg_hdr.msg_iov = &pieces_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

void SocketSender::send(std::uint32_t count) {
  const support::SendPace pace(frames_per_second_, support::SendPace::Clock::now());
  for (std::uint32_t sent = 0; sent < count;) {
    const auto due = std::min<std::uint64_t>(count, pace.due(support::SendPace::Clock::now()));
    if (due > sent) sent += send_some(static_cast<std::uint32_t>(due - sent));
  }
}

std::uint32_t SocketSender::send_some(std::uint32_t count) {
  const auto most = std::min(count, static_cast<std::uint32_t>(kMessagesAtOnce));
  const int sent = ::sendmmsg(socket_.get(), messages_.data(), most, 0);
  if (sent >= 0) return static_cast<std::uint32_t>(sent);
  if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
    base::throw_errno("sendmmsg on", interface_);
  return 0;
}

}  // namespace ringtail::bench
