#include "capture/returned_rings.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace ringtail::capture {

// They are closed behind what the opener has been given by then, which may be more of them.
void ReturnedRings::add(std::unique_ptr<RingGroup> group) {
  if (!group) return;
  boost::asio::post(opener_, [this, group = std::move(group)]() mutable {
    groups_.push_back(std::move(group));
    if (groups_.size() > 1) return;
    boost::asio::post(opener_, [this] { close_ring_groups(std::exchange(groups_, {})); });
  });
}

}  // namespace ringtail::capture
