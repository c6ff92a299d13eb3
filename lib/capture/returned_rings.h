#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <vector>

#include "capture/ring_group.h"

namespace ringtail::capture {

// Rings on their way back to the kernel, which the opener closes: those of many recordings that end
// together wait for the kernel together. Control thread; the opener must have ended before it is
// destroyed.
class ReturnedRings {
 public:
  // `opener` has one thread.
  explicit ReturnedRings(boost::asio::thread_pool& opener) : opener_(opener) {}

  // No other thread knows the group any more; may be none.
  void add(std::unique_ptr<RingGroup> group);

 private:
  boost::asio::thread_pool& opener_;
  std::vector<std::unique_ptr<RingGroup>> groups_;  // the opener's
};

}  // namespace ringtail::capture
