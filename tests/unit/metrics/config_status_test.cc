#include "metrics/config_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/text_format.h"

namespace ringtail::metrics {
namespace {

using testing::HasSubstr;

TEST(ConfigStatus, SaysWhichConfigurationIsInForceAndWhatBecameOfTheLastReload) {
  ConfigStatus status{.hash = "0123456789abcdef",
                      .last_reload_successful = true,
                      .last_success = std::chrono::system_clock::time_point(
                          std::chrono::milliseconds(1'700'000'000'500))};
  const ConfigCollectable collectable([&status] { return status; });
  std::string text = to_text(collectable);
  EXPECT_THAT(text, HasSubstr("\nringtail_config_info{hash=\"0123456789abcdef\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nringtail_config_last_reload_successful 1\n"));
  EXPECT_THAT(text,
              HasSubstr("\nringtail_config_last_reload_success_timestamp_seconds 1700000000.5\n"));
  status.last_reload_successful = false;
  text = to_text(collectable);
  EXPECT_THAT(text, HasSubstr("\nringtail_config_last_reload_successful 0\n"));
}

}  // namespace
}  // namespace ringtail::metrics
