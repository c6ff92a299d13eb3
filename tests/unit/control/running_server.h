#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "control/http_server.h"

namespace ringtail::control {

inline constexpr std::size_t kBigBytes = 1U << 20U;  // more than the kernel buffers

inline Endpoint loopback() {
  return boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0);
}

// A server with a few pages on a loopback port that the kernel chose, and the thread that runs it.
class RunningServer {
 public:
  explicit RunningServer(HttpLimits limits = {}, const Endpoint& endpoint = loopback())
      : server_(io_, endpoint, limits) {
    server_.route("/", [](const Request&) { return Response{.body = "hello\n"}; });
    server_.route("/request", [](const Request& request) {
      return Response{.body = request.method + " " + request.target};
    });
    server_.route("/big",
                  [](const Request&) { return Response{.body = std::string(kBigBytes, 'x')}; });
    server_.route("/sick", [](const Request&) { return Response{.status = 503, .body = "sick"}; });
    server_.route("/throws",
                  [](const Request&) -> Response { throw std::runtime_error("no luck"); });
    server_.route("/throws_odd", [](const Request&) -> Response { throw 7; });
    thread_ = std::thread([this] { io_.run(); });
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() { stop(); }

  [[nodiscard]] const Endpoint& endpoint() const { return server_.local_endpoint(); }

  // Returns when it listens there in place of where it did.
  void move_to(const Endpoint& endpoint) {
    std::promise<void> moved;
    boost::asio::post(io_, [&] {
      server_.move_to(listen_on(endpoint));
      moved.set_value();
    });
    moved.get_future().wait();
  }

  // Returns when the server's loop has run out of work.
  void stop() {
    boost::asio::post(io_, [this] { server_.stop(); });
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context io_;
  HttpServer server_;
  std::thread thread_;
};

}  // namespace ringtail::control
