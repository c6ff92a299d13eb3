#include "control/response_message.h"

#include <boost/beast/http/field.hpp>
#include <string>
#include <utility>

#include "control/accept_encoding.h"
#include "control/gzip.h"

namespace ringtail::control {
namespace {

namespace http = boost::beast::http;

// What is smaller fits into one Ethernet frame as it is.
constexpr std::size_t kMinPackedBytes = 1400;

std::string accept_encoding_of(const RequestMessage& request) {
  std::string all;
  const auto [begin, end] = request.equal_range(http::field::accept_encoding);
  for (auto line = begin; line != end; ++line) all.append(line->value()).append(",");
  return all;
}

}  // namespace

ResponseMessage message_for(Response response, const RequestMessage& request) {
  ResponseMessage message;
  message.result(response.status);
  message.set(http::field::server, "ringtail");
  message.set(http::field::cache_control, "no-store");
  message.set(http::field::vary, "Accept-Encoding");
  message.set(http::field::content_type, response.content_type);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Content-Security-Policy",
              "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" +
                  (response.style_source.empty() ? "" : "; style-src " + response.style_source));
  if (response.status == 405) message.set(http::field::allow, "GET, HEAD");
  if (response.body.size() >= kMinPackedBytes && prefers_gzip(accept_encoding_of(request))) {
    response.body = gzip(response.body);
    message.set(http::field::content_encoding, "gzip");
  }
  message.content_length(response.body.size());
  if (request.method() != http::verb::head) message.body() = std::move(response.body);
  return message;
}

}  // namespace ringtail::control
