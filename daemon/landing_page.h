#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>

#include "capture/engine.h"
#include "control/routes.h"
#include "metrics/drop_history.h"

namespace ringtail::daemon {

// The page at `/`, and the look each second by which it knows when packets were lost. Used on the
// control thread, which runs `io`; `io` and `engine` must outlive it.
class LandingPage {
 public:
  LandingPage(boost::asio::io_context& io, capture::Engine& engine);

  [[nodiscard]] control::Response response() const;

  // Looks no more, so that `io` may run out of work.
  void stop();

 private:
  void await_second();

  boost::asio::steady_timer second_;
  capture::Engine& engine_;
  metrics::DropHistory drops_;
  std::string host_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  bool stopped_ = false;  // a wait that has ended already is not cancelled
};

}  // namespace ringtail::daemon
