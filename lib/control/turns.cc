#include "control/turns.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace ringtail::control {

Turns::Turns(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

void Turns::wait(std::function<void()> go) {
  waiting_.push_back(std::move(go));
  if (waiting_.size() == 1) post_next();
}

void Turns::post_next() {
  boost::asio::post(executor_, [self = shared_from_this()] {
    const std::function<void()> go = std::move(self->waiting_.front());
    self->waiting_.pop_front();
    if (!self->waiting_.empty()) self->post_next();
    go();
  });
}

}  // namespace ringtail::control
