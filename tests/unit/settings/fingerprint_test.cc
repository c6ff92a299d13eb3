#include "settings/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::settings {
namespace {

TEST(Fingerprint, IsTheSameForTheSameValuesAndAnotherForOthers) {
  Settings settings;
  settings.captures.emplace_back().name = "web";
  const std::string before = fingerprint(settings);
  EXPECT_THAT(before, testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(fingerprint(Settings(settings)), before);
  settings.captures[0].filter = "tcp";
  EXPECT_NE(fingerprint(settings), before);
}

}  // namespace
}  // namespace ringtail::settings
