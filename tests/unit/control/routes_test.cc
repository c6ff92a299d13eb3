#include "control/routes.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ringtail::control {
namespace {

Routes two_routes() {
  Routes routes;
  routes.add("/metrics", [](const Request& request) {
    return Response{.content_type = "text/odd", .body = request.method + " " + request.target};
  });
  routes.add("/throws",
             [](const Request&) -> Response { throw std::runtime_error("disk on fire"); });
  return routes;
}

TEST(Routes, CallTheHandlerOfThePath) {
  const Response response = two_routes().answer("GET", "/metrics");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.content_type, "text/odd");
  EXPECT_EQ(response.body, "GET /metrics");
}

TEST(Routes, IgnoreTheQuery) {
  EXPECT_EQ(two_routes().answer("HEAD", "/metrics?name[]=a?b").body, "HEAD /metrics");
}

TEST(Routes, TakeTheFormForProxies) {
  for (const char* target : {"http://host/metrics", "http://[::1]:9477/metrics?a=/b"})
    EXPECT_EQ(two_routes().answer("GET", target).body, "GET /metrics") << target;
  Routes routes;
  routes.add("/", [](const Request&) { return Response{}; });
  for (const char* target : {"http://host", "http://host/", "http://host?a=/metrics", "http://"})
    EXPECT_EQ(routes.answer("GET", target).status, 200U) << target;
}

TEST(Routes, KnowNoPrefixesAndNoOtherSpelling) {
  for (const char* target : {"", "/", "/metric", "/metrics/", "/METRICS", "*", "?", "/x?/metrics",
                             "http:/metrics", "https://host/metrics", "http://host/metrics/"})
    EXPECT_EQ(two_routes().answer("GET", target).status, 404U) << target;
}

TEST(Routes, AllowGetAndHeadOnly) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""})
    EXPECT_EQ(two_routes().answer(method, "/metrics").status, 405U) << method;
}

TEST(Routes, TurnWhatAHandlerThrowsIntoAResponse) {
  const Response response = two_routes().answer("GET", "/throws");
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(response.body, "500 Internal Server Error: disk on fire\n");
}

TEST(PlainResponse, NamesItsStatus) { EXPECT_EQ(plain_response(404).body, "404 Not Found\n"); }

}  // namespace
}  // namespace ringtail::control
