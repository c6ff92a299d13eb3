#include "control/http_session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/write.hpp>
#include <string>
#include <utility>

namespace ringtail::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Error = boost::beast::error_code;

constexpr unsigned kHttp11 = 11;  // as Beast counts versions

// What a client may still send after it was refused, before it is cut.
constexpr std::size_t kDrainBytes = 1U << 20U;

// The target is known once the whole request line is here.
Response too_large(const RequestMessage& request) {
  return plain_response(request.target().empty() ? 414 : 431);
}

Response refusal_of(const Error& error, const RequestMessage& request) {
  if (error == http::error::header_limit) return too_large(request);
  if (error == http::error::body_limit || error == http::error::unexpected_body)
    return plain_response(413, "no page here takes a body");
  if (error == http::error::bad_version) return plain_response(505, "HTTP/1.0 and HTTP/1.1 only");
  return plain_response(400, error.message());
}

}  // namespace

HttpSession::HttpSession(Socket socket, const Routes& routes, const HttpLimits& limits,
                         std::shared_ptr<Turns> turns, WhenDone when_done)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      routes_(routes),
      limits_(limits),
      turns_(std::move(turns)),
      when_done_(std::move(when_done)),
      buffer_(limits.header_bytes) {}

void HttpSession::start() { begin_request(); }

void HttpSession::await_request() {
  phase_ = Phase::kIdle;
  set_deadline(limits_.idle_deadline);
  if (buffer_.size() > 0) {  // pipelined: its first byte is here already
    await_turn();
    return;
  }
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](Error) {
    if (!self->closed_) self->await_turn();  // an error will show again in the read
  });
}

void HttpSession::await_turn() {
  turns_->wait([self = shared_from_this()] {
    if (!self->closed_) self->begin_request();
  });
}

void HttpSession::begin_request() {
  phase_ = Phase::kRequesting;
  set_deadline(limits_.request_deadline);
  parsed_bytes_ = 0;
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(limits_.header_bytes);
  parser_->body_limit(0);
  parse();
}

// By hand and not by http::async_read: Beast 1.81 holds header_limit against the bytes that it has
// not consumed yet, so headers which arrive line by line with one byte of the next would grow for
// ever.
void HttpSession::parse() {
  Error error = http::error::need_more;
  if (buffer_.size() > 0) {
    const std::size_t parsed = parser_->put(buffer_.data(), error);
    buffer_.consume(parsed);
    parsed_bytes_ += parsed;
  }
  if (error && error != http::error::need_more) {
    respond(refusal_of(error, parser_->get()), false, kHttp11);
  } else if (parser_->is_done()) {
    answer_request();
  } else if (parsed_bytes_ + buffer_.size() >= limits_.header_bytes) {
    respond(too_large(parser_->get()), false, kHttp11);
  } else {
    read_more(limits_.header_bytes - parsed_bytes_ - buffer_.size());
  }
}

void HttpSession::read_more(std::size_t limit_bytes) {
  socket_.async_read_some(buffer_.prepare(limit_bytes),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (self->closed_) return;
                            self->buffer_.commit(bytes);
                            if (self->timed_out_) {
                              self->respond(plain_response(408), false, kHttp11);
                            } else if (error) {
                              self->finish();
                            } else {
                              self->parse();
                            }
                          });
}

void HttpSession::answer_request() {
  const auto& request = parser_->get();
  if (request.version() == kHttp11 && request.count(http::field::host) != 1) {
    respond(plain_response(400, "exactly one Host header is required"), false, kHttp11);
    return;
  }
  respond(routes_.answer(request.method_string(), request.target()), request.keep_alive(),
          request.version());
}

void HttpSession::respond(Response answer, bool keep_alive, unsigned version) {
  phase_ = Phase::kResponding;
  set_deadline(limits_.response_deadline);
  response_.emplace(message_for(std::move(answer), parser_->get()));
  response_->version(version);
  response_->keep_alive(keep_alive);
  serializer_.emplace(*response_);
  last_write_ = Clock::now();
  write_more();
}

// Not all by one http::async_write: that would not tell whether the client takes any of it.
void HttpSession::write_more() {
  http::async_write_some(socket_, *serializer_,
                         [self = shared_from_this()](Error error, std::size_t) {
                           if (self->closed_) return;
                           self->last_write_ = Clock::now();
                           if (error || self->serializer_->is_done()) {
                             self->on_response_written(error);
                           } else {
                             self->write_more();
                           }
                         });
}

void HttpSession::on_response_written(Error error) {
  const bool keep_alive = response_->keep_alive();
  serializer_.reset();
  response_.reset();
  parser_.reset();
  if (error) {
    finish();
  } else if (keep_alive) {
    await_request();
  } else {
    linger();
  }
}

// Closing with unread bytes makes the kernel send a reset, which can overtake the response: so say
// that no more will come, and read on until the client has hung up.
void HttpSession::linger() {
  phase_ = Phase::kLingering;
  Error error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) {
    finish();
    return;
  }
  set_deadline(limits_.response_deadline);
  drain();
}

void HttpSession::drain() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(buffer_.max_size()),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (self->closed_) return;
                            self->drained_bytes_ += bytes;
                            if (error || self->drained_bytes_ > kDrainBytes) {
                              self->finish();
                            } else {
                              self->drain();
                            }
                          });
}

void HttpSession::set_deadline(std::chrono::milliseconds delay) {
  deadline_.expires_after(delay);
  deadline_.async_wait([self = shared_from_this()](Error) {
    // The wait may have been on its way here when a later deadline replaced it: look at the clock.
    if (!self->closed_ && self->deadline_.expiry() <= Clock::now()) self->deadline_passed();
  });
}

void HttpSession::deadline_passed() {
  if (phase_ == Phase::kRequesting && parsed_bytes_ + buffer_.size() > 0) {
    timed_out_ = true;
    Error ignored;
    socket_.cancel(ignored);
    return;
  }
  cut();
  when_done_(*this);
}

void HttpSession::cut() {
  // Drops what the kernel still has to send. Otherwise it keeps up to 4 MiB a connection for
  // minutes, for a client that does not read, where no limit of ours counts it.
  Error ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void HttpSession::finish() {
  close();
  when_done_(*this);
}

void HttpSession::close() {
  closed_ = true;
  deadline_.cancel();
  Error ignored;
  socket_.close(ignored);
}

}  // namespace ringtail::control
