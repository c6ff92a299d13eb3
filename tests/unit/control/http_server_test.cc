// Well-behaved clients: what they ask for is what they get.

#include "control/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <optional>
#include <system_error>

#include "unit/control/raw_client.h"
#include "unit/control/running_server.h"

namespace ringtail::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(HttpServer, AnswersGetWithThePageAndItsHeaders) {
  const RunningServer server;
  const std::string response = get(server.endpoint(), "/");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nServer: ringtail\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nCache-Control: no-store\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\nhello\n"));
}

TEST(HttpServer, AnswersHeadWithTheLengthAndWithoutTheBody) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send("HEAD /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string response = client.read_all();
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 1048576\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, MovesToAnotherAddressAndKeepsItsConnections) {
  RunningServer server;
  const Endpoint before = server.endpoint();
  RawClient client(before);
  client.send(get_request("/", true));
  EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
  server.move_to(loopback());
  EXPECT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n"));
  EXPECT_THROW(RawClient{before}, std::exception);
  client.send(get_request("/", true));
  EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
}

TEST(HttpServer, HandsThePathWithoutTheQueryToTheHandler) {
  const RunningServer server;
  EXPECT_THAT(get(server.endpoint(), "/request?a=b&c=/"), EndsWith("GET /request"));
}

TEST(HttpServer, PassesTheHandlersStatusOn) {
  const RunningServer server;
  EXPECT_THAT(get(server.endpoint(), "/sick"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST(HttpServer, RefusesUnknownPagesAndOtherMethodsAndKeepsTheConnection) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send(get_request("/nothing", true));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string refused = client.read_response();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(refused, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
  client.send(get_request("/"));
  EXPECT_THAT(client.read_all(), EndsWith("hello\n"));
}

TEST(HttpServer, TurnsWhatAHandlerThrowsIntoA500AndGoesOn) {
  const RunningServer server;
  EXPECT_THAT(get(server.endpoint(), "/throws"), EndsWith("500 Internal Server Error: no luck\n"));
  EXPECT_THAT(get(server.endpoint(), "/throws_odd"), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n"));
}

TEST(HttpServer, KeepsAConnectionAliveForManyRequests) {
  const RunningServer server;
  RawClient client(server.endpoint());
  for (int request = 0; request < 100; ++request) {
    client.send(get_request("/", true));
    EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
  }
}

TEST(HttpServer, ClosesAfterAnHttp10RequestUnlessAskedToKeepAlive) {
  const RunningServer server;
  RawClient old_client(server.endpoint());
  old_client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old_client.read_all(), StartsWith("HTTP/1.0 200 OK\r\n"));
  RawClient keeping(server.endpoint());
  keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(keeping.read_response(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  keeping.send(get_request("/"));
  EXPECT_THAT(keeping.read_all(), EndsWith("hello\n"));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const RunningServer server;
  RawClient client(server.endpoint());
  std::string requests;
  for (int request = 0; request < 100; ++request)
    requests += get_request("/request", true) + "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(requests + get_request("/"));
  for (int request = 0; request < 100; ++request) {
    EXPECT_THAT(client.read_response(), EndsWith("GET /request"));
    EXPECT_THAT(client.read_response(true), EndsWith("Content-Length: 6\r\n\r\n"));
  }
  EXPECT_THAT(client.read_all(), EndsWith("hello\n"));
}

TEST(HttpServer, AnswersARequestThatIsSplitAtAnyByte) {
  const RunningServer server;
  const std::string request = get_request("/");
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    RawClient client(server.endpoint());
    client.send(request.substr(0, cut));
    // Another request's round trip: by then the first part has been read.
    EXPECT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n"));
    client.send(request.substr(cut));
    EXPECT_THAT(client.read_all(), EndsWith("hello\n")) << "split at " << cut;
  }
}

TEST(HttpServer, AnswersARequestOfSingleBytes) {
  const RunningServer server;
  RawClient client(server.endpoint());
  for (const char byte : get_request("/")) client.send({&byte, 1});
  EXPECT_THAT(client.read_all(), EndsWith("hello\n"));
}

TEST(HttpServer, AnswersAClientThatHasFinishedSending) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send(get_request("/", true));
  client.finish_sending();
  EXPECT_THAT(client.read_all(), EndsWith("hello\n"));
}

TEST(HttpServer, SendsALargeResponseWhole) {
  const RunningServer server;
  const std::string response = get(server.endpoint(), "/big");
  EXPECT_EQ(response.size() - response.find("\r\n\r\n") - 4, kBigBytes);
}

TEST(HttpServer, ServesAUnixSocketWithTheSameCode) {
  const std::string path = testing::TempDir() + "http_server_" + std::to_string(::getpid());
  {
    const RunningServer server({}, boost::asio::local::stream_protocol::endpoint(path));
    EXPECT_EQ(to_text(server.endpoint()), path);
    EXPECT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n"));
  }
  ::unlink(path.c_str());
}

TEST(HttpServer, ServesTenThousandShortConnections) {
  const RunningServer server;
  for (int connection = 0; connection < 10000; ++connection)
    ASSERT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n")) << connection;
}

TEST(HttpServer, StopsAtOnceWithConnectionsInEveryPhase) {
  RunningServer server;
  RawClient silent(server.endpoint());
  RawClient half(server.endpoint());
  half.send("GET / HT");
  RawClient idle(server.endpoint());
  idle.send(get_request("/", true));
  EXPECT_THAT(idle.read_response(), EndsWith("hello\n"));
  RawClient receiving(server.endpoint(), 4096);
  receiving.send(get_request("/big"));
  receiving.read_some();
  RawClient refused(server.endpoint());
  refused.send("garbage\r\n\r\n");
  EXPECT_THAT(refused.read_response(), StartsWith("HTTP/1.1 400 "));
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  for (RawClient* client : {&silent, &half, &idle, &receiving, &refused}) (void)client->read_all();
  EXPECT_THROW(RawClient{server.endpoint()}, std::system_error);
  server.stop();
}

TEST(HttpServer, MayBeDestroyedWhileItsLoopGoesOn) {
  boost::asio::io_context io;
  std::optional<HttpServer> server(std::in_place, io, loopback());
  server->route("/", [](const Request&) { return Response{.body = "hello\n"}; });
  RawClient waiting(server->local_endpoint());
  RawClient asking(server->local_endpoint());
  asking.send(get_request("/"));
  while (!asking.wait_for(POLLIN, milliseconds(0))) io.run_one();
  server.reset();
  io.run();
  EXPECT_THAT(asking.read_all(), HasSubstr("200 OK"));
  EXPECT_EQ(waiting.read_all(), "");
}

}  // namespace
}  // namespace ringtail::control
