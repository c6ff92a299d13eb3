#pragma once

#include "base/unique_fd.h"

namespace ringtail::ring {

// Turns the readiness of packet sockets into edges that an event loop can wait for.
//
// packet_poll() looks at the *previous* block: while a lease is held, its socket reads as readable.
// Boost.Asio re-arms every wait with EPOLL_CTL_MOD, which re-reports that, and would spin. So the
// sockets sit in an epoll instance of their own, edge-triggered; the loop waits until fd() is
// readable and calls drain(): one wake-up per retired block, none on a silent link.
//
// What tells of an io_uring's completions can be added as well: it stays readable, too.
//
// One thread waits and drains, any may add. A socket leaves the set when it is closed, which must
// be before or with the set.
class ReadySet {
 public:
  ReadySet();
  void add(int descriptor);
  [[nodiscard]] int fd() const { return epoll_.get(); }
  // Forgets the edges reported so far; those that come later make fd() readable again.
  void drain();

 private:
  base::UniqueFd epoll_;
};

}  // namespace ringtail::ring
