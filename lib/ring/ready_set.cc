#include "ring/ready_set.h"

#include <sys/epoll.h>

#include <array>

#include "base/check.h"

namespace ringtail::ring {

ReadySet::ReadySet() : epoll_(base::check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "")) {}

void ReadySet::add(int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  base::check(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl(ADD)",
              "a packet socket or an io_uring");
}

void ReadySet::drain() {
  std::array<epoll_event, 64> events;
  // A full batch means that more may be queued. EINTR just ends the call early: the fd stays
  // readable and the loop comes back.
  while (::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0) ==
         static_cast<int>(events.size())) {
  }
}

}  // namespace ringtail::ring
