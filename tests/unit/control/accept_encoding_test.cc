#include "control/accept_encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtail::control {
namespace {

TEST(AcceptEncoding, AsksForGzipByNameByItsOldNameOrByAnything) {
  for (const char* header :
       {"gzip", "GZIP", "x-gzip", "*", "deflate, gzip", "gzip, deflate, br", "gzip;q=0.001",
        "gzip ; q=1", "gzip;q=1.", "gzip;Q=0.5", ", ,gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "*;q=0.5, br;q=0", "gzip,", "identity;q=0.5, *;q=0.5", "gzip;q=0, x-gzip", "gzip;level=9"})
    EXPECT_TRUE(prefers_gzip(header)) << header;
}

TEST(AcceptEncoding, DoesNotAskForGzipOtherwise) {
  for (const char* header :
       {"", "identity", "br", "deflate", "gzipped", "gzip;q=0", "gzip;q=0.000", "*;q=0",
        "gzip;q=0, *", "identity, gzip;q=0.9", "identity;q=0.5, gzip;q=0.4", "*;q=0.5, identity"})
    EXPECT_FALSE(prefers_gzip(header)) << header;
}

TEST(AcceptEncoding, TakesAWeightThatIsNoneForARefusal) {
  for (const char* weight : {"", "2", "1.001", "0.0001", "-1", "+1", ".5", "1e0", "inf", "x", "00",
                             "0,5", "\"1\"x", "10", "0x1"})
    EXPECT_FALSE(prefers_gzip("gzip;q=" + std::string(weight))) << weight;
}

TEST(AcceptEncoding, SkipsAnElementThatMakesNoSense) {
  for (const char* header : {"(comment), gzip", "gzip, =;q", ";;, \tgzip\t", "\"br, gzip"})
    EXPECT_TRUE(prefers_gzip(header)) << header;
  for (const char* header : {"g zip", "gzip=1", "(gzip)", ";gzip", "q=1"})
    EXPECT_FALSE(prefers_gzip(header)) << header;
}

TEST(AcceptEncoding, MayBeCutAnywhere) {
  const std::string header = "br;q=0.5, gzip;q=0.25";
  for (std::size_t size = 0; size <= header.size(); ++size) {
    // Cut behind "gzip", "gzip;", and behind the first digit that is not 0; "q" and "q=" are
    // weights that are none.
    const bool asks = size == 14 || size == 15 || size >= 20;
    EXPECT_EQ(prefers_gzip(header.substr(0, size)), asks) << header.substr(0, size);
  }
}

}  // namespace
}  // namespace ringtail::control
