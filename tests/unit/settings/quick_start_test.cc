#include "settings/quick_start.h"

#include "settings/print.h"
#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

TEST(QuickStart, RecordsEverythingOnOneInterfaceBelowTheWorkingDirectory) {
  const Settings settings = quick_start("eth0", kFourCpus);
  EXPECT_EQ(settings.storage.directory, "./ringtail-data");
  EXPECT_EQ(settings.storage.max_size_bytes, base::kGiB);
  ASSERT_EQ(settings.captures.size(), 1U);
  EXPECT_EQ(settings.captures[0].name, "default");
  EXPECT_EQ(settings.captures[0].interfaces, std::vector<std::string>{"eth0"});
  EXPECT_EQ(settings.captures[0].workers, 4U);
  EXPECT_EQ(settings.captures[0].rotate_size_bytes, 64 * base::kMiB);
  EXPECT_EQ(settings.metrics, (Metrics{"127.0.0.1", 9477}));
}

TEST(QuickStart, IsWhatAFileCouldSayOnAnyMachine) {
  Host host;
  for (unsigned cpu = 0; cpu < 100; ++cpu) {
    host.allowed_cpus.push_back(cpu);
    const Settings settings = quick_start("eth0", host);
    EXPECT_EQ(settings_of(print(settings), host), settings);
  }
}

}  // namespace
}  // namespace ringtail::settings
