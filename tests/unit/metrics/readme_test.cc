#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "metrics/config_status.h"
#include "metrics/snapshot_collectable.h"
#include "metrics/text_format.h"

namespace ringtail::metrics {
namespace {

std::set<std::string> all_matches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

std::string readme() {
  std::ifstream file(RINGTAIL_README);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string everything_exported() {
  capture::Snapshot snapshot{
      .recorders = {{.capture = "web", .interface = "eth0"}},
      .workers = {{.worker = 0}},
      .captures = {{.capture = "web", .oldest_packet_timestamp_seconds = 1.0}},
      .on_close = {{.capture = "web"}}};
  return to_text(SnapshotCollectable([&] { return snapshot; }, "1")) +
         to_text(ConfigCollectable([] { return ConfigStatus{}; }));
}

TEST(Readme, ListsEveryMetricThatIsExportedAndNoOther) {
  const auto listed = all_matches(readme(), std::regex("\n\\| `(ringtail_[a-z_]+)` \\|"));
  EXPECT_EQ(listed, all_matches(everything_exported(), std::regex("# TYPE ([a-z_]+) ")));
  EXPECT_FALSE(listed.empty());
}

TEST(Readme, NamesEveryReasonForWhichPacketsAreDropped) {
  const std::string text = readme();
  for (const std::string& reason :
       all_matches(everything_exported(), std::regex("reason=\"([a-z_]+)\""))) {
    EXPECT_THAT(text, testing::HasSubstr("`" + reason + "`"));
  }
}

}  // namespace
}  // namespace ringtail::metrics
