// Clients that err, stall or attack, and a host that runs short: the next scrape must still
// succeed.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <chrono>
#include <ctime>
#include <list>
#include <random>

#include "unit/control/raw_client.h"
#include "unit/control/running_server.h"

namespace ringtail::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

constexpr seconds kPrompt{4};  // on a loaded machine under a sanitizer; usually under a millisecond

void expect_prompt_scrape(const RunningServer& server) {
  const auto start = steady_clock::now();
  EXPECT_THAT(get(server.endpoint(), "/"), EndsWith("hello\n"));
  EXPECT_LT(steady_clock::now() - start, kPrompt);
}

std::string answer_to(const RunningServer& server, std::string_view bytes) {
  RawClient client(server.endpoint());
  client.send(bytes);
  return client.read_all();
}

TEST(HttpServerUnderAttack, AnswersMalformedRequestsWith400AndCloses) {
  const RunningServer server;
  for (const char* bytes :
       {"\r\n\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost a\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n"})
    EXPECT_THAT(answer_to(server, bytes), StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bytes;
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, AnswersOtherVersionsWith505) {
  const RunningServer server;
  for (const char* bytes :
       {"GET / HTTP/2.0\r\n\r\n", "GET / HTTP/0.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
    EXPECT_THAT(answer_to(server, bytes), StartsWith("HTTP/1.1 505 ")) << bytes;
}

TEST(HttpServerUnderAttack, RefusesBodiesWith413WithoutReadingThem) {
  const RunningServer server;
  const std::string body(500000, 'b');
  for (const std::string& bytes :
       {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + body,
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb" + std::string(),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n" + std::string(),
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
            std::string()})
    EXPECT_THAT(answer_to(server, bytes), StartsWith("HTTP/1.1 413 ")) << bytes.substr(0, 60);
}

TEST(HttpServerUnderAttack, RefusesARequestLineOf64KiBWith414) {
  const RunningServer server;
  EXPECT_THAT(answer_to(server, get_request("/" + std::string(65536, 'a'))),
              StartsWith("HTTP/1.1 414 "));
}

TEST(HttpServerUnderAttack, RefusesAHeaderJustOverTheLimitAndTakesOneJustUnder) {
  const RunningServer server;
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nA: ";
  const std::string filler(HttpLimits{}.header_bytes - start.size() - 4, 'a');
  EXPECT_THAT(answer_to(server, start + filler + "\r\n\r\n"), EndsWith("hello\n"));
  EXPECT_THAT(answer_to(server, start + filler + "a\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
}

TEST(HttpServerUnderAttack, CutsAClientWhoseHeadersNeverEnd) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send("GET / HTTP/1.1\r\n");
  while (!client.wait_for(POLLIN, milliseconds(0))) client.send("A: b\r\n");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 431 "));
  const std::string more(65536, 'a');
  std::size_t sent_bytes = 0;
  while (client.send(more) && sent_bytes < (64U << 20U)) sent_bytes += more.size();
  EXPECT_LT(sent_bytes, 64U << 20U);
}

// A parser that counts only what it has not consumed yet would let these grow for ever.
TEST(HttpServerUnderAttack, CountsHeadersThatComeLineByLine) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send("GET / HTTP/1.1\r\nA");
  const std::string line = ": " + std::string(123, 'b') + "\r\nA";  // complete, and one byte more
  std::size_t sent_bytes = 0;
  while (!client.wait_for(POLLIN, milliseconds(0)) && sent_bytes < 100 * line.size()) {
    client.send(line);
    sent_bytes += line.size();
    (void)get(server.endpoint(), "/");  // its round trip: by then the line has been read
  }
  EXPECT_LE(sent_bytes, HttpLimits{}.header_bytes);
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 431 "));
}

TEST(HttpServerUnderAttack, SurvivesRandomBytes) {
  const RunningServer server;
  std::mt19937 random(20240607);  // NOLINT: the same bytes in each run
  for (int connection = 0; connection < 500; ++connection) {
    std::string bytes(random() % 2000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (connection % 2 == 0) bytes.insert(0, "GET / HTTP/1.1\r\n");
    RawClient client(server.endpoint());
    client.send(bytes);
    client.finish_sending();
    EXPECT_THAT(client.read_all(),
                testing::AnyOf(IsEmpty(), StartsWith("HTTP/1.1 4"), StartsWith("HTTP/1.1 505 ")));
  }
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, AnswersAScrapeDespite200HalfOpenConnections) {
  const RunningServer server;
  std::list<RawClient> half_open;
  for (int client = 0; client < 200; ++client) {
    half_open.emplace_back(server.endpoint());
    if (client % 2 == 0) half_open.back().send("GET /metrics HTTP/1.1\r\nHost: a\r\n");
  }
  expect_prompt_scrape(server);
  // The oldest were cut to admit the later ones.
  EXPECT_EQ(half_open.front().read_all(), "");
  EXPECT_FALSE(half_open.back().wait_for(POLLIN, milliseconds(0)));
}

TEST(HttpServerUnderAttack, ClosesAnIdleConnectionBeforeItRefusesANewOne) {
  const RunningServer server({.connections = 2});
  RawClient idle(server.endpoint());
  idle.send(get_request("/", true));
  EXPECT_THAT(idle.read_response(), EndsWith("hello\n"));
  RawClient receiving(server.endpoint(), 4096);
  receiving.send(get_request("/big"));
  receiving.read_some();
  expect_prompt_scrape(server);
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_THAT(receiving.read_all(), testing::SizeIs(testing::Gt(kBigBytes)));
}

TEST(HttpServerUnderAttack, CutsTheClientThatHasReadNothingForLongestWhenAllAreBeingAnswered) {
  const RunningServer server({.connections = 2});
  RawClient reading(server.endpoint(), 4096);
  RawClient stalled(server.endpoint(), 4096);
  for (RawClient* client : {&reading, &stalled}) {
    client->send(get_request("/big"));
    client->read_some();
  }
  while (reading.received_bytes() < kBigBytes / 2) reading.read_some();
  expect_prompt_scrape(server);
  EXPECT_THAT(stalled.read_all(), testing::SizeIs(testing::Lt(kBigBytes)));
  EXPECT_THAT(reading.read_all(), testing::SizeIs(testing::Gt(kBigBytes)));
}

TEST(HttpServerUnderAttack, AnswersAScrapeDespite200ClientsThatNeverRead) {
  const RunningServer server;
  std::list<RawClient> deaf;
  for (int client = 0; client < 200; ++client) {
    deaf.emplace_back(server.endpoint(), 4096).send(get_request("/big"));
    if (client % 50 == 0) expect_prompt_scrape(server);
  }
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, CutsAPipelineWhoseAnswersNobodyReads) {
  const RunningServer server({.response_deadline = milliseconds(300)});
  RawClient deaf(server.endpoint(), 4096);
  std::size_t requests = 0;
  while (deaf.send(get_request("/request", true))) {
    if (++requests % 1000 == 0) expect_prompt_scrape(server);
  }
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, Ends200ClientsThatSendAByteNowAndThenAtTheRequestDeadline) {
  const RunningServer server({.connections = 256, .request_deadline = milliseconds(500)});
  std::list<RawClient> slow;
  for (int client = 0; client < 200; ++client) slow.emplace_back(server.endpoint());
  const auto start = steady_clock::now();
  while (!slow.empty() && steady_clock::now() - start < seconds(10)) {
    for (RawClient& client : slow) client.send("G");
    slow.remove_if([](RawClient& client) {
      if (!client.wait_for(POLLIN, milliseconds(0))) return false;
      client.finish_sending();
      // Nothing for one whose first byte came too late, on a machine that is busy.
      EXPECT_THAT(client.read_all(), testing::AnyOf(IsEmpty(), StartsWith("HTTP/1.1 408 ")));
      return true;
    });
    if (!slow.empty()) (void)slow.front().wait_for(POLLIN, milliseconds(20));
    expect_prompt_scrape(server);
  }
  EXPECT_TRUE(slow.empty());
}

TEST(HttpServerUnderAttack, CutsAnIdleConnectionAtTheIdleDeadlineAndNotAtTheRequestDeadline) {
  const RunningServer server(
      {.request_deadline = milliseconds(50), .idle_deadline = milliseconds(400)});
  RawClient client(server.endpoint());
  client.send(get_request("/", true));
  EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
  const auto start = steady_clock::now();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_GE(steady_clock::now() - start, milliseconds(300));
}

TEST(HttpServerUnderAttack, CutsALaterRequestAtTheRequestDeadlineFromItsFirstByte) {
  const RunningServer server({.request_deadline = milliseconds(100), .idle_deadline = seconds(60)});
  RawClient client(server.endpoint());
  client.send(get_request("/", true));
  EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
  client.send("G");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServerUnderAttack, CutsAClientThatSaysNothingAtTheRequestDeadlineWithoutAWord) {
  const RunningServer server({.request_deadline = milliseconds(50)});
  EXPECT_EQ(RawClient(server.endpoint()).read_all(), "");
}

TEST(HttpServerUnderAttack, AnswersARequestThatStopsAtAnyByteWith408) {
  const RunningServer server({.connections = 256, .request_deadline = seconds(1)});
  const std::string request = get_request("/");
  std::list<RawClient> clients;
  for (std::size_t cut = 1; cut < request.size(); ++cut)
    clients.emplace_back(server.endpoint()).send(request.substr(0, cut));
  for (RawClient& client : clients)
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST(HttpServerUnderAttack, CutsAClientThatNeverReadsAtTheResponseDeadline) {
  const RunningServer server({.response_deadline = milliseconds(300)});
  RawClient client(server.endpoint(), 4096);
  client.send(get_request("/big"));
  const auto start = steady_clock::now();
  EXPECT_TRUE(client.wait_for(POLLHUP, seconds(10)));
  while (!client.wait_for(0, milliseconds(20)) && steady_clock::now() - start < seconds(10)) {
  }
  EXPECT_TRUE(client.wait_for(0, milliseconds(0))) << "no reset came";
  EXPECT_LT(client.read_all().size(), kBigBytes);
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, CutsAClientThatNeverHangsUpAfterItWasRefused) {
  const RunningServer server({.response_deadline = milliseconds(100)});
  RawClient client(server.endpoint());
  client.send("garbage\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.wait_for(0, seconds(10)));  // POLLERR or POLLHUP: both directions are closed
}

TEST(HttpServerUnderAttack, SurvivesClientsThatReset) {
  const RunningServer server;
  for (int round = 0; round < 100; ++round) {
    for (const char* target : {"/", "/big"}) {
      RawClient client(server.endpoint());
      client.send(get_request(target, true) + get_request(target, true));
      if (round % 2 == 0) client.read_some();
      client.reset();
    }
    RawClient(server.endpoint()).reset();
  }
  expect_prompt_scrape(server);
}

TEST(HttpServerUnderAttack, IsInheritedByNoCommandThatTheProcessStarts) {
  const RunningServer server;
  RawClient client(server.endpoint());
  client.send(get_request("/", true));
  EXPECT_THAT(client.read_response(), EndsWith("hello\n"));
  for (int fd = 3; fd < 64; ++fd) {
    int type = 0;
    socklen_t size = sizeof(type);
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) continue;
    EXPECT_TRUE(::fcntl(fd, F_GETFD) & FD_CLOEXEC) << "descriptor " << fd;
  }
}

// Leaves the process without a free descriptor until the end of its scope.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const base::UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next.get());  // the lowest free one: all below are taken
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptorLeft(const NoDescriptorLeft&) = delete;
  NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;
  ~NoDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(HttpServerUnderAttack, WaitsWithoutSpinningWhileNoDescriptorIsLeftThenServes) {
  const RunningServer server;  // without connections whose end would free a descriptor
  const int client_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const base::UniqueFd client(client_fd);
  const std::string request = get_request("/");
  pollfd answer{.fd = client_fd, .events = POLLIN, .revents = 0};
  {
    const NoDescriptorLeft no_descriptor_left;
    ASSERT_EQ(::connect(client_fd, server.endpoint().data(),
                        static_cast<socklen_t>(server.endpoint().size())),
              0);
    ASSERT_EQ(::send(client_fd, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    const std::clock_t cpu_before = std::clock();
    EXPECT_EQ(::poll(&answer, 1, 500), 0) << "answered without a descriptor";
    const auto cpu_seconds = static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC;
    EXPECT_LT(cpu_seconds, 0.2);
  }
  EXPECT_EQ(::poll(&answer, 1, 10000), 1);
  expect_prompt_scrape(server);
}

}  // namespace
}  // namespace ringtail::control
