#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

using testing::HasSubstr;

std::string listening(const std::string& listen) {
  return with_capture("metrics: {listen: " + listen + "}\n");
}

TEST(MetricsSettings, ListenOnLoopbackByDefault) {
  EXPECT_EQ(settings_of(with_capture("")).metrics, (Metrics{"127.0.0.1", 9477}));
}

TEST(MetricsSettings, TakeBothFamilies) {
  EXPECT_EQ(settings_of(listening("0.0.0.0:80")).metrics, (Metrics{"0.0.0.0", 80}));
  EXPECT_EQ(settings_of(listening("127.0.0.1:0")).metrics, (Metrics{"127.0.0.1", 0}));
  EXPECT_EQ(settings_of(listening("\"[::1]:65535\"")).metrics, (Metrics{"::1", 65535}));
}

TEST(MetricsSettings, RefuseWhatIsNoAddressAndPort) {
  for (const char* text : {"9477",
                           "':9477'",
                           "'localhost:9477'",
                           "'127.0.0.1'",
                           "'127.0.0.1:'",
                           "'127.0.0.1:65536'",
                           "'127.0.0.1:-1'",
                           "'127.0.0.1:9477x'",
                           "'127.0.0.1: 9477'",
                           "'127.0.0.1:9477 '",
                           "'::1:9477'",
                           "'[::1]'",
                           "'[::1]9477'",
                           "'[127.0.0.1]:9477'",
                           "'[]:9477'",
                           "'256.0.0.1:9477'",
                           "'127.1:9477'",
                           "'*:9477'",
                           "''",
                           "\"127.0.0.1\\0:9477\""})
    EXPECT_THAT(error_of(listening(text)), HasSubstr("r.yaml:4:19: metrics.listen: ")) << text;
}

}  // namespace
}  // namespace ringtail::settings
