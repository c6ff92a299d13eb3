#include "control/gzip.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/control/unpacked.h"

namespace ringtail::control {
namespace {

TEST(Gzip, IsUnpackedToWhatItWas) {
  std::mt19937 random(9477);  // NOLINT: the same bytes in each run
  for (const std::size_t size : {0U, 1U, 1400U, 65535U, 65536U, 1000000U}) {
    std::string noise(size, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    EXPECT_EQ(unpacked(gzip(noise)), noise) << size;
    const std::string same(size, 'x');
    EXPECT_EQ(unpacked(gzip(same)), same) << size;
  }
}

TEST(Gzip, MakesWhatRepeatsItselfAFractionOfItsSize) {
  std::string text;
  for (int line = 0; line < 1000; ++line)
    text += "ringtail_received_packets_total{worker=\"" + std::to_string(line) + "\"} 1234\n";
  EXPECT_LT(gzip(text).size(), text.size() / 5);
}

}  // namespace
}  // namespace ringtail::control
