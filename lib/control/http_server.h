#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/descriptor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "control/http_limits.h"
#include "control/http_session.h"
#include "control/listening_socket.h"
#include "control/routes.h"
#include "control/turns.h"

namespace ringtail::control {

// A plain HTTP/1.1 server for pages that are made at the moment they are asked for: GET and HEAD,
// no bodies, every phase and size limited. It serves any stream protocol of Asio.
//
// Single-threaded: construction, every call and every handler belong to the one thread that runs
// `io`, which must outlive this object. It may be destroyed while `io` goes on.
//
// At the connection limit the oldest connection without a complete request is closed to admit the
// new one, so that clients which connect and say nothing cannot keep a scrape out; when all
// connections are being answered, the one whose client has taken nothing for the longest time, so
// that neither can clients which do not read.
//
// Errors: the constructor throws std::system_error. From then on nothing a client or the kernel
// does ends the server. When no connection can be accepted (no descriptor left, say) it pauses 100
// ms. There is no reserve descriptor to accept and turn away with: our own connections are limited,
// so others hold the descriptors, and a scrape that waits in the backlog is worth more than one
// refused.
class HttpServer {
 public:
  HttpServer(boost::asio::io_context& io, const Endpoint& endpoint, HttpLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Adds a page; a query in the request does not matter for finding it.
  void route(std::string target, Routes::Handler handler);

  // Where it is to move to; throws as listen_on().
  [[nodiscard]] base::UniqueFd listen_beside(const Endpoint& endpoint) {
    return control::listen_beside(listener_.native_handle(), endpoint);
  }
  // Listens at this socket (listen_beside()) in place of the one that it has, whose connections go
  // on.
  void move_to(base::UniqueFd listener);

  // Where it listens: for TCP port 0, with the port that the kernel chose.
  [[nodiscard]] const Endpoint& local_endpoint() const { return local_endpoint_; }

  // Stops listening and cuts every connection, unfinished responses included; no handler of the
  // server is left to run for long, so `io` runs out of work. Calling it again does nothing.
  void stop();

 private:
  using Error = boost::system::error_code;

  void listen_at(base::UniqueFd listener);
  void await_connection();
  void accept_one();
  void back_off();
  void admit(base::UniqueFd fd);
  void cut_for_admission();

  boost::asio::io_context& io_;
  const HttpLimits limits_;
  Routes routes_;
  std::shared_ptr<Turns> turns_;
  Endpoint local_endpoint_;
  // Only waited on: accept4 is called by hand, as Asio's accept leaves the connection open in every
  // command that the daemon starts.
  boost::asio::posix::stream_descriptor listener_;
  boost::asio::steady_timer back_off_;
  std::list<std::shared_ptr<HttpSession>> sessions_;  // in the order in which they were accepted
  // Expires at stop(): handlers which are already queued then know that this object may be gone.
  std::shared_ptr<const bool> running_ = std::make_shared<const bool>(true);
};

}  // namespace ringtail::control
