#include "control/response_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <ostream>  // Boost 1.81's status.hpp instantiates stream operators without it

#include "unit/control/unpacked.h"

namespace ringtail::control {
namespace {

namespace http = boost::beast::http;
using testing::HasSubstr;
using testing::Not;

RequestMessage request(std::initializer_list<const char*> accept_encodings,
                       http::verb method = http::verb::get) {
  RequestMessage message(method, "/", 11);
  for (const char* value : accept_encodings) message.insert(http::field::accept_encoding, value);
  return message;
}

std::string header(const ResponseMessage& message, const char* name) {
  const auto value = message[name];
  return {value.data(), value.size()};
}

const std::string kLong(5000, 'x');

TEST(ResponseMessage, IsPackedWhenTheClientAsksForIt) {
  const ResponseMessage message = message_for({.body = kLong}, request({"gzip"}));
  EXPECT_EQ(header(message, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(message, "Content-Length"), std::to_string(message.body().size()));
  EXPECT_EQ(unpacked(message.body()), kLong);
}

TEST(ResponseMessage, IsPlainOtherwise) {
  for (const auto& plain : {request({}), request({"br"}), request({"gzip;q=0"})}) {
    const ResponseMessage message = message_for({.body = kLong}, plain);
    EXPECT_EQ(header(message, "Content-Encoding"), "");
    EXPECT_EQ(message.body(), kLong);
  }
}

TEST(ResponseMessage, TakesSeveralHeadersForOneList) {
  EXPECT_EQ(message_for({.body = kLong}, request({"br", "gzip;q=0.5"}))["Content-Encoding"],
            "gzip");
  EXPECT_EQ(message_for({.body = kLong}, request({"gzip;q=0.5", "identity"}))["Content-Encoding"],
            "");
}

TEST(ResponseMessage, IsNotPackedWhenItFitsIntoAPacket) {
  const ResponseMessage message = message_for({.body = "small\n"}, request({"gzip"}));
  EXPECT_EQ(header(message, "Content-Encoding"), "");
  EXPECT_EQ(message.body(), "small\n");
}

TEST(ResponseMessage, AlwaysSaysWhatItsCodingDependsOn) {
  for (const char* coding : {"gzip", "identity"}) {
    for (const std::string& body : {kLong, std::string("small")})
      EXPECT_EQ(header(message_for({.body = body}, request({coding})), "Vary"), "Accept-Encoding");
  }
}

TEST(ResponseMessage, ToHeadHasTheHeadersOfGetAndNoBody) {
  for (const char* coding : {"gzip", "identity"}) {
    const ResponseMessage get = message_for({.body = kLong}, request({coding}));
    const ResponseMessage head = message_for({.body = kLong}, request({coding}, http::verb::head));
    EXPECT_EQ(head.body(), "");
    for (const char* name : {"Content-Length", "Content-Encoding", "Content-Type", "Vary"})
      EXPECT_EQ(header(head, name), header(get, name)) << name;
  }
}

TEST(ResponseMessage, LetsBrowsersStoreGuessFrameAndLoadNothing) {
  const ResponseMessage message = message_for({}, request({}));
  EXPECT_EQ(header(message, "Cache-Control"), "no-store");
  EXPECT_EQ(header(message, "X-Content-Type-Options"), "nosniff");
  const std::string policy = header(message, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("style-src")));
}

TEST(ResponseMessage, AllowsTheStyleThatThePageNames) {
  EXPECT_THAT(header(message_for({.style_source = "'sha256-abc='"}, request({})),
                     "Content-Security-Policy"),
              testing::EndsWith("; style-src 'sha256-abc='"));
}

TEST(ResponseMessage, NamesTheMethodsThatAreAllowedWhereOneIsNot) {
  EXPECT_EQ(header(message_for({.status = 405}, request({})), "Allow"), "GET, HEAD");
  EXPECT_EQ(header(message_for({.status = 404}, request({})), "Allow"), "");
}

}  // namespace
}  // namespace ringtail::control
