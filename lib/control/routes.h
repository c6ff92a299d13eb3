#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ringtail::control {

struct Request {
  std::string method;  // "GET" or "HEAD"
  std::string target;  // the path only
};

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  // What an HTML page may take its style from, as Content-Security-Policy's style-src says it.
  std::string style_source = {};
};

// A plain-text response that reads "<status> <reason>" or "<status> <reason>: <detail>".
[[nodiscard]] Response plain_response(unsigned status, std::string_view detail = {});

// Handlers by path. Pure: it knows no socket and no thread.
class Routes {
 public:
  // Runs on the server's thread and keeps it from all other clients meanwhile, so it must not
  // block. What it throws becomes a 500 that says so. For HEAD the server drops the body.
  using Handler = std::function<Response(const Request&)>;

  void add(std::string target, Handler handler);

  // `target` is the request's, also in the form for proxies, "http://host/path" (RFC 9112, 3.2.2);
  // neither the host nor the query matters for routing. Never throws: 404, 405 and 500 are
  // responses as well.
  [[nodiscard]] Response answer(std::string_view method, std::string_view target) const;

 private:
  std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace ringtail::control
