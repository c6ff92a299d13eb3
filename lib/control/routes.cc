#include "control/routes.h"

#include <boost/beast/http/status.hpp>
#include <exception>
#include <ostream>  // Boost 1.81's status.hpp instantiates stream operators without it
#include <utility>

namespace ringtail::control {
namespace {

std::string_view path_of(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (target.starts_with(kScheme)) {
    const std::size_t host_end = target.find_first_of("/?", kScheme.size());
    target = host_end < target.size() && target[host_end] == '/' ? target.substr(host_end) : "/";
  }
  return target.substr(0, target.find('?'));
}

}  // namespace

Response plain_response(unsigned status, std::string_view detail) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  Response response{.status = status, .body = std::to_string(status) + " " + std::string(reason)};
  if (!detail.empty()) response.body.append(": ").append(detail);
  response.body += '\n';
  return response;
}

void Routes::add(std::string target, Handler handler) {
  handlers_.insert_or_assign(std::move(target), std::move(handler));
}

Response Routes::answer(std::string_view method, std::string_view target) const {
  const std::string_view path = path_of(target);
  const auto route = handlers_.find(path);
  if (route == handlers_.end()) return plain_response(404, "no such page here");
  if (method != "GET" && method != "HEAD") return plain_response(405, "GET and HEAD only");
  try {
    return route->second({std::string(method), std::string(path)});
  } catch (const std::exception& error) {
    return plain_response(500, error.what());
  } catch (...) {
    return plain_response(500);
  }
}

}  // namespace ringtail::control
