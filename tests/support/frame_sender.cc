#include "support/frame_sender.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>

#include "support/numbered_frame.h"

namespace ringtail::support {
namespace {

void check(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

FrameSender::FrameSender(const std::string& interface, const FrameShape& shape)
    : interface_(interface),
      shape_(shape),
      slot_size_(largest_frame_size(shape)),
      frames_(kBatch * slot_size_),
      pieces_(kBatch),
      messages_(kBatch) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  if (index == 0) check(-1, "find interface " + interface);
  // Protocol 0: this socket sends only, and receives nothing.
  socket_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  check(socket_, "open a packet socket (root or CAP_NET_RAW is needed)");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(index);
  const int bypass = 1;
  check(::setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass),
        "setsockopt PACKET_QDISC_BYPASS on " + interface);
  check(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
        "bind to " + interface);
  for (std::size_t i = 0; i < kBatch; ++i) {
    messages_[i].msg_hdr.msg_iov = &pieces_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

FrameSender::~FrameSender() {
  if (socket_ >= 0) ::close(socket_);
}

void FrameSender::build(std::uint64_t number, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = frame_size(shape_, number + i);
    const std::span frame(frames_.data() + i * slot_size_, size);
    build_numbered_frame(shape_, number + i, frame);
    pieces_[i] = {frame.data(), frame.size()};
  }
  built_from_ = number;
  built_ = count;
}

std::size_t FrameSender::send(std::uint64_t number, std::uint64_t count) {
  if (number < built_from_ || number >= built_from_ + built_) {
    build(number, static_cast<std::size_t>(std::min<std::uint64_t>(count, kBatch)));
  }
  const auto skip = static_cast<std::size_t>(number - built_from_);
  const auto ready = std::min<std::uint64_t>(count, built_ - skip);
  const int sent = ::sendmmsg(socket_, messages_.data() + skip, static_cast<unsigned>(ready), 0);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) return 0;
  throw std::system_error(errno, std::generic_category(), "send on " + interface_);
}

void FrameSender::send_all(std::uint64_t count) {
  for (std::uint64_t sent = 0; sent < count;) sent += send(sent, count - sent);
}

}  // namespace ringtail::support
