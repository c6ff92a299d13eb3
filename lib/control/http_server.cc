#include "control/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace ringtail::control {
namespace {

constexpr std::chrono::milliseconds kBackOff{100};

}  // namespace

HttpServer::HttpServer(boost::asio::io_context& io, const Endpoint& endpoint, HttpLimits limits)
    : io_(io),
      limits_(limits),
      turns_(std::make_shared<Turns>(io.get_executor())),
      listener_(io),
      back_off_(io) {
  listen_at(listen_on(endpoint));
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::route(std::string target, Routes::Handler handler) {
  routes_.add(std::move(target), std::move(handler));
}

void HttpServer::move_to(base::UniqueFd listener) {
  running_ = std::make_shared<const bool>(true);  // what waits for the old one is gone
  back_off_.cancel();
  Error ignored;
  listener_.close(ignored);
  listen_at(std::move(listener));
}

void HttpServer::listen_at(base::UniqueFd listener) {
  local_endpoint_ = local_endpoint_of(listener.get());
  listener_.assign(listener.get());
  (void)listener.release();
  await_connection();
}

void HttpServer::stop() {
  running_.reset();
  Error ignored;
  listener_.close(ignored);
  back_off_.cancel();
  for (const auto& session : sessions_) session->cut();
  sessions_.clear();
}

void HttpServer::await_connection() {
  listener_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this, running = std::weak_ptr(running_)](Error error) {
                         if (running.expired()) return;
                         if (error) {
                           back_off();
                         } else {
                           accept_one();
                         }
                       });
}

// One at a time, so that connections which have their request here already are read before the next
// one is admitted and might push them out.
void HttpServer::accept_one() {
  base::UniqueFd fd(
      ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd && errno != EAGAIN && errno != EINTR) {
    back_off();
    return;
  }
  if (fd) admit(std::move(fd));
  await_connection();
}

void HttpServer::back_off() {
  back_off_.expires_after(kBackOff);
  back_off_.async_wait([this, running = std::weak_ptr(running_)](Error) {
    if (!running.expired()) await_connection();
  });
}

void HttpServer::admit(base::UniqueFd fd) {
  if (sessions_.size() >= limits_.connections) cut_for_admission();
  HttpSession::Socket socket(io_);
  Error error;
  socket.assign({local_endpoint_.protocol().family(), 0}, fd.get(), error);
  if (error) return;
  (void)fd.release();
  const auto forget = [this](const HttpSession& done) {
    sessions_.remove_if([&](const auto& session) { return session.get() == &done; });
  };
  sessions_.push_back(
      std::make_shared<HttpSession>(std::move(socket), routes_, limits_, turns_, forget));
  sessions_.back()->start();
}

void HttpServer::cut_for_admission() {
  auto victim = std::find_if(sessions_.begin(), sessions_.end(),
                             [](const auto& session) { return !session->is_responding(); });
  if (victim == sessions_.end())
    victim = std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a->stalled_since() < b->stalled_since();
    });
  (*victim)->cut();
  sessions_.erase(victim);
}

}  // namespace ringtail::control
