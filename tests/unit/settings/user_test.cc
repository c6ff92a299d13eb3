#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

using testing::StartsWith;

TEST(UserSetting, IsNobodyElseByDefault) { EXPECT_EQ(settings_of(with_capture("")).user, ""); }

TEST(UserSetting, IsAName) {
  EXPECT_EQ(settings_of(with_capture("user: ringtail\n")).user, "ringtail");
}

TEST(UserSetting, RefusesWhatIsNoText) {
  EXPECT_THAT(error_of(with_capture("user: [ringtail]\n")),
              StartsWith("r.yaml:4:7: user: a list; allowed is the name of a user"));
}

}  // namespace
}  // namespace ringtail::settings
