#pragma once

#include <poll.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "control/listening_socket.h"

namespace ringtail::control {

// A client that sends exactly the bytes it is told to, well-behaved or not. Shares no code with the
// server. Every wait gives up after ten seconds by throwing.
class RawClient {
 public:
  // A `receive_buffer_bytes` other than 0 makes the kernel stop reading early.
  explicit RawClient(const Endpoint& server, int receive_buffer_bytes = 0);

  // False when the server has closed the connection.
  bool send(std::string_view bytes);
  void finish_sending();
  void reset();  // closes with a TCP reset

  // Everything until the server closes or resets.
  [[nodiscard]] std::string read_all();
  // One response by its Content-Length; what follows stays for the next call.
  [[nodiscard]] std::string read_response(bool head = false);
  // At least one byte.
  void read_some();
  [[nodiscard]] std::size_t received_bytes() const { return received_.size(); }

  // True when one of `events` (or an error, or a hang-up) came within `timeout`.
  [[nodiscard]] bool wait_for(short events, std::chrono::milliseconds timeout) const;

 private:
  base::UniqueFd fd_;
  std::string received_;
};

[[nodiscard]] std::string get_request(std::string_view target, bool keep_alive = false);

// A whole scrape: connect, ask, read to the end.
[[nodiscard]] std::string get(const Endpoint& server, std::string_view target);

}  // namespace ringtail::control
