#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <string>

#include "base/unique_fd.h"

namespace ringtail::control {

// Any stream address: boost::asio::ip::tcp::endpoint and local::stream_protocol::endpoint convert.
using Endpoint = boost::asio::generic::stream_protocol::endpoint;

// "127.0.0.1:9477", "[::1]:9477", or the path of a Unix socket.
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

// A bound, listening, non-blocking socket that no child process inherits; on [::] it takes IPv4
// connections as well. What the kernel buffers of its connections is bounded. Throws
// std::system_error that names the address and what to do.
[[nodiscard]] base::UniqueFd listen_on(const Endpoint& endpoint);

// The same, also where `own`, a socket of ours that listens, has that port: on an address that is
// part of the new one, or the other way around.
[[nodiscard]] base::UniqueFd listen_beside(int own, const Endpoint& endpoint);

// The address that `fd` is bound to: for TCP port 0, with the port that the kernel chose.
[[nodiscard]] Endpoint local_endpoint_of(int fd);

}  // namespace ringtail::control
