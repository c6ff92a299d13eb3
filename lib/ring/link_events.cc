#include "ring/link_events.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace ringtail::ring {

LinkEvents::LinkEvents()
    : socket_(
          base::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE),
                      "socket(AF_NETLINK)", "to watch interfaces")) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  base::check(::bind(fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              "bind(RTMGRP_LINK)", "to watch interfaces");
}

void LinkEvents::drain() {
  // What does not fit is cut, as nobody reads it. ENOBUFS says once that messages were left out,
  // and those that are still there follow.
  std::array<char, 256> message;
  while (::recv(fd(), message.data(), message.size(), 0) >= 0 || errno == ENOBUFS ||
         errno == EINTR) {
  }
}

}  // namespace ringtail::ring
