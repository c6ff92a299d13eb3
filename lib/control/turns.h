#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <functional>
#include <memory>

namespace ringtail::control {

// Lets those who wait go on in the order in which they came, one for each round of the loop. All
// calls belong to the thread of `executor`.
class Turns : public std::enable_shared_from_this<Turns> {
 public:
  explicit Turns(boost::asio::any_io_executor executor);

  // `go` is never called from within.
  void wait(std::function<void()> go);

 private:
  void post_next();

  boost::asio::any_io_executor executor_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace ringtail::control
