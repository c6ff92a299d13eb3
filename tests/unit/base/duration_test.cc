#include "base/duration.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>

namespace ringtail::base {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(Duration, ReadsEveryUnit) {
  const std::pair<const char*, nanoseconds> cases[] = {
      {"90s", 90s},
      {"15m", 15min},
      {"24h", 24h},
      {"7d", 7 * 24h},
      {"500ms", 500ms},
      {"20us", 20us},
      {"3ns", 3ns},
      {"90 s", 90s},
      {"007s", 7s},
      {"0s", 0s},
      {"106751d", 106751 * 24h},
      {"9223372036854775807ns", nanoseconds::max()},
  };
  for (const auto& [text, duration] : cases) EXPECT_EQ(parse_duration(text), duration) << text;
}

TEST(Duration, RefusesWhatIsNoDuration) {
  for (const char* text : {"",     " ",     "s",     "90",   "0",    "-1s",  "+1s",   "1.5h",
                           "1e3s", "0x10s", "90  s", " 90s", "90s ", "90 ",  "90\ts", "1h30m",
                           "90S",  "1min",  "2w",    "1M",   "five", "1d1d", "1/s"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << "'" << text << "'";
}

TEST(Duration, RefusesWhatSixtyFourBitsCannotHold) {
  for (const char* text : {"106752d", "2562048h", "9223372037s", "9223372036854775808ns",
                           "18446744073709551615d", "99999999999999999999999s"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, PrintsTheShortestExactForm) {
  const std::pair<nanoseconds, const char*> cases[] = {
      {0s, "0s"},  {1ns, "1ns"}, {1000ns, "1us"}, {500ms, "500ms"}, {1001ms, "1001ms"},
      {60s, "1m"}, {90s, "90s"}, {60min, "1h"},   {36h, "36h"},     {7 * 24h, "7d"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(exact_duration(duration), text);
}

TEST(Duration, ReadsBackItsOwnExactForm) {
  std::mt19937_64 random(1);
  const std::int64_t units[] = {1, 1'000, 1'000'000'000, 3'600'000'000'000};
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t unit = units[random() % 4];
    const auto count = static_cast<std::int64_t>(random() >> (1 + random() % 62)) / unit;
    const nanoseconds duration{count * unit};
    EXPECT_EQ(parse_duration(exact_duration(duration)), duration);
  }
  EXPECT_EQ(parse_duration(exact_duration(nanoseconds::max())), nanoseconds::max());
}

TEST(Duration, TellsPeopleTheTwoLargestUnits) {
  const std::pair<nanoseconds, const char*> cases[] = {
      {0s, "0 s"},          {-5s, "0 s"},         {999ms, "0 s"},       {59s, "59 s"},
      {60s, "1 min"},       {312s, "5 min 12 s"}, {1h + 59s, "1 h"},    {3h + 12min, "3 h 12 min"},
      {24h + 59min, "1 d"}, {76h, "3 d 4 h"},     {500 * 24h, "500 d"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(human_duration(duration), text);
}

}  // namespace
}  // namespace ringtail::base
