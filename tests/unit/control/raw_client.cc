#include "unit/control/raw_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "base/check.h"

namespace ringtail::control {
namespace {

constexpr std::chrono::seconds kPatience{10};

std::size_t content_length_of(const std::string& response) {
  const std::string name = "Content-Length: ";
  const std::size_t at = response.find(name);
  if (at == std::string::npos) throw std::runtime_error("no Content-Length in: " + response);
  return std::stoul(response.substr(at + name.size()));
}

}  // namespace

RawClient::RawClient(const Endpoint& server, int receive_buffer_bytes)
    : fd_(base::check(::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket",
                      "client")) {
  if (receive_buffer_bytes > 0)
    base::check(::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                             sizeof(receive_buffer_bytes)),
                "setsockopt", "SO_RCVBUF");
  base::check(::connect(fd_.get(), server.data(), static_cast<socklen_t>(server.size())), "connect",
              to_text(server));
  const int on = 1;  // so that pieces arrive as pieces; refused by Unix sockets, which do it anyway
  (void)::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT, kPatience)) throw std::runtime_error("the server does not read");
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

void RawClient::finish_sending() { (void)::shutdown(fd_.get(), SHUT_WR); }

void RawClient::reset() {
  const linger abort{.l_onoff = 1, .l_linger = 0};
  (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
  fd_.reset();
}

std::string RawClient::read_all() {
  std::array<char, 65536> chunk{};
  for (;;) {
    if (!wait_for(POLLIN, kPatience)) throw std::runtime_error("the server does not close");
    const ssize_t bytes = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (bytes <= 0) return std::move(received_);
    received_.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
}

void RawClient::read_some() {
  std::array<char, 4096> chunk{};
  if (!wait_for(POLLIN, kPatience)) throw std::runtime_error("the server does not answer");
  const ssize_t bytes = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
  if (bytes <= 0) throw std::runtime_error("the server closed after: " + received_);
  received_.append(chunk.data(), static_cast<std::size_t>(bytes));
}

std::string RawClient::read_response(bool head) {
  std::size_t header_end = 0;
  while ((header_end = received_.find("\r\n\r\n")) == std::string::npos) read_some();
  const std::string header = received_.substr(0, header_end + 4);
  const std::size_t size = header.size() + (head ? 0 : content_length_of(header));
  while (received_.size() < size) read_some();
  std::string response = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

bool RawClient::wait_for(short events, std::chrono::milliseconds timeout) const {
  pollfd poll_fd{.fd = fd_.get(), .events = events, .revents = 0};
  return ::poll(&poll_fd, 1, static_cast<int>(timeout.count())) > 0;
}

std::string get_request(std::string_view target, bool keep_alive) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
         (keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

std::string get(const Endpoint& server, std::string_view target) {
  RawClient client(server);
  client.send(get_request(target));
  return client.read_all();
}

}  // namespace ringtail::control
