#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "control/http_limits.h"
#include "control/response_message.h"
#include "control/routes.h"
#include "control/turns.h"

namespace ringtail::control {

// One HTTP connection: reads a request, answers it, and goes on while the client keeps it alive.
// One request at a time: what a client pipelines waits in its own bounded buffer or in the kernel,
// and each request but the first waits for its turn, so that a client with many of them holds up
// nobody who comes with one.
//
// Owns its socket. All calls and handlers run on the thread of the socket's io_context. Its pending
// operations keep it alive; `routes`, `limits` and what `when_done` refers to are used until cut()
// or until `when_done` has been called, and never after. Errors of a connection end that
// connection.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using WhenDone = std::function<void(const HttpSession&)>;
  using Clock = std::chrono::steady_clock;

  HttpSession(Socket socket, const Routes& routes, const HttpLimits& limits,
              std::shared_ptr<Turns> turns, WhenDone when_done);

  // Begins; the deadline of the first request runs from here. `when_done` is never called from
  // within.
  void start();

  // Ends the connection at once, also in the middle of a response, and without calling `when_done`.
  void cut();

  // True from a complete request to its response's last byte: the time in which cut() would do
  // harm.
  [[nodiscard]] bool is_responding() const { return phase_ == Phase::kResponding; }

  // While it is responding: since when the client has taken nothing of the response.
  [[nodiscard]] Clock::time_point stalled_since() const { return last_write_; }

 private:
  using Error = boost::beast::error_code;
  enum class Phase { kIdle, kRequesting, kResponding, kLingering };
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

  void await_request();
  void await_turn();
  void begin_request();
  void parse();
  void read_more(std::size_t limit_bytes);
  void answer_request();
  void respond(Response answer, bool keep_alive, unsigned version);
  void write_more();
  void on_response_written(Error error);
  void linger();
  void drain();
  void set_deadline(std::chrono::milliseconds delay);
  void deadline_passed();
  void finish();
  void close();

  Socket socket_;
  boost::asio::steady_timer deadline_;
  const Routes& routes_;
  const HttpLimits& limits_;
  std::shared_ptr<Turns> turns_;
  WhenDone when_done_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::size_t parsed_bytes_ = 0;  // of this request, over all reads
  std::optional<ResponseMessage> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>>
      serializer_;  // of response_
  Clock::time_point last_write_;
  std::size_t drained_bytes_ = 0;
  Phase phase_ = Phase::kIdle;
  bool timed_out_ = false;  // the request took too long, and the read that waits for more is ending
  bool closed_ = false;
};

}  // namespace ringtail::control
