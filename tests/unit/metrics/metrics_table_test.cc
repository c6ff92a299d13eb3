#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

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

std::string table() {
  std::ifstream file(RINGTAIL_METRICS_TABLE);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string everything_exported() {
  capture::Snapshot snapshot{.recorders = {{.capture = "web", .interface = "eth0"}},
                             .workers = {{.worker = 0}},
                             .on_close = {{.capture = "web"}}};
  return to_text(SnapshotCollectable([&] { return snapshot; }, {}));
}

TEST(MetricsTable, NamesEveryValueOfALabelThatIsAClosedList) {
  const std::string text = table();
  const auto values =
      all_matches(everything_exported(), std::regex("(?:reason|state|result)=\"([a-z_]+)\""));
  EXPECT_THAT(values, testing::IsSupersetOf({"ring_full", "waiting_disk", "failed", "min_free"}));
  for (const std::string& value : values) EXPECT_THAT(text, testing::HasSubstr("`" + value + "`"));
}

}  // namespace
}  // namespace ringtail::metrics
