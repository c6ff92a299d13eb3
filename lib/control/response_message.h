#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "control/routes.h"

namespace ringtail::control {

using RequestMessage = boost::beast::http::request<boost::beast::http::empty_body>;
using ResponseMessage = boost::beast::http::response<boost::beast::http::string_body>;

// `response` as it goes to the client that sent `request`, of which the method and Accept-Encoding
// count: packed where the client wants that and it saves a packet, without the body for HEAD, and
// with the headers that keep browsers from guessing, storing, framing or loading anything. Pure.
[[nodiscard]] ResponseMessage message_for(Response response, const RequestMessage& request);

}  // namespace ringtail::control
