#pragma once

#include "base/unique_fd.h"

namespace ringtail::ring {

// Tells that something about some interface of the network namespace may have changed: one was
// made, deleted, renamed, brought up or down (RTNLGRP_LINK of rtnetlink(7)). Not what: who is told
// looks at the interfaces that matter, and so misses nothing when the kernel had to leave out
// messages.
//
// One thread waits for fd() and drains.
class LinkEvents {
 public:
  // Throws std::system_error.
  LinkEvents();
  // Readable after a change.
  [[nodiscard]] int fd() const { return socket_.get(); }
  // Forgets the changes so far; whoever looks after that sees them all.
  void drain();

 private:
  base::UniqueFd socket_;
};

}  // namespace ringtail::ring
