#include "base/byte_size.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>

namespace ringtail::base {
namespace {

constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();

TEST(ByteSize, ReadsBinaryAndDecimalUnits) {
  const std::pair<const char*, std::uint64_t> cases[] = {
      {"0", 0},
      {"4096", 4096},
      {"7B", 7},
      {"1KiB", 1024},
      {"1KB", 1000},
      {"1kB", 1000},
      {"256MiB", 256 * kMiB},
      {"20GiB", 20 * kGiB},
      {"20 GiB", 20 * kGiB},
      {"10GB", 10'000'000'000},
      {"3TB", 3'000'000'000'000},
      {"2TiB", 2 * kTiB},
      {"1PiB", 1024 * kTiB},
      {"15EiB", 15 * kEiB},
      {"007", 7},
      {"18446744073709551615", kMax},
  };
  for (const auto& [text, bytes] : cases) EXPECT_EQ(parse_byte_size(text), bytes) << text;
}

TEST(ByteSize, CutsAFractionToWholeBytes) {
  EXPECT_EQ(parse_byte_size("1.5GiB"), 1536 * kMiB);
  EXPECT_EQ(parse_byte_size("0.25 MiB"), 256 * kKiB);
  EXPECT_EQ(parse_byte_size("1.1KiB"), 1126U);
  EXPECT_EQ(parse_byte_size("0.999999999KB"), 999U);
  EXPECT_EQ(parse_byte_size("15.999999999EiB"), 18446744072556630111U);
}

TEST(ByteSize, RefusesWhatIsNoSize) {
  for (const char* text : {"",         " ",      "GiB",
                           "-1",       "+1",     "1e3",
                           "0x10",     "10Mb",   "10G",
                           "10gib",    "1.5",    "1.5B",
                           "1.GiB",    ".5GiB",  "1..5K",
                           "1.2.3KiB", "1  GiB", " 1GiB",
                           "1GiB ",    "1 ",     "1GiB2",
                           "1,5GiB",   "five",   "5%",
                           "1\tGiB",   "1GiB/s", "1.1234567890GiB"})
    EXPECT_EQ(parse_byte_size(text), std::nullopt) << "'" << text << "'";
}

TEST(ByteSize, RefusesWhatSixtyFourBitsCannotHold) {
  for (const char* text : {"16EiB", "18446744073709551616", "18446744073709551615KiB", "19EB",
                           "99999999999999999999999", "17179869184GiB", "18446744073709551.7KB"})
    EXPECT_EQ(parse_byte_size(text), std::nullopt) << text;
}

TEST(ByteSize, PrintsTheShortestExactForm) {
  const std::pair<std::uint64_t, const char*> cases[] = {
      {0, "0"},
      {1, "1"},
      {999, "999"},
      {1000, "1KB"},
      {1024, "1KiB"},
      {4096, "4KiB"},
      {4097, "4097"},
      {256 * kMiB, "256MiB"},
      {kGiB, "1GiB"},
      {1536 * kMiB, "1536MiB"},
      {10'000'000'000, "10GB"},
      {kEiB, "1EiB"},
      {kMax, "18446744073709551615"},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(exact_byte_size(bytes), text);
}

TEST(ByteSize, ReadsBackItsOwnExactForm) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t bytes = random() >> (random() % 64) << (random() % 40);
    EXPECT_EQ(parse_byte_size(exact_byte_size(bytes)), bytes);
  }
}

TEST(ByteSize, RoundsToOneDecimalForPeople) {
  EXPECT_EQ(human_byte_size(0), "0 B");
  EXPECT_EQ(human_byte_size(1023), "1023 B");
  EXPECT_EQ(human_byte_size(1024), "1.0 KiB");
  EXPECT_EQ(human_byte_size(1'400'000'000), "1.3 GiB");
  EXPECT_EQ(human_byte_size(kGiB - 1), "1.0 GiB");
  EXPECT_EQ(human_byte_size(kMax), "16.0 EiB");
}

}  // namespace
}  // namespace ringtail::base
