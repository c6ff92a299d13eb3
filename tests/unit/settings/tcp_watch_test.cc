#include "settings/print.h"
#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string watching(const std::string& interfaces) {
  return with_capture("tcp_watch: {interfaces: " + interfaces + "}\n");
}

TEST(TcpWatchSettings, WatchTheRecordedInterfacesByDefaultEachOnce) {
  const std::string captures =
      "captures:\n"
      "- {name: a, interfaces: [eth0, eth1]}\n"
      "- {name: b, interfaces: [eth1, eth2]}\n";
  EXPECT_THAT(*settings_of(captures).tcp_watch.interfaces, ElementsAre("eth0", "eth1", "eth2"));
  EXPECT_THAT(*settings_of(captures + "tcp_watch: {interfaces: auto}\n").tcp_watch.interfaces,
              ElementsAre("eth0", "eth1", "eth2"));
}

TEST(TcpWatchSettings, WatchAnyAloneWhereItIsRecorded) {
  const Settings settings = settings_of(
      "captures:\n"
      "- {name: a, interfaces: [eth0]}\n"
      "- {name: b, interfaces: [any]}\n");
  EXPECT_THAT(*settings.tcp_watch.interfaces, ElementsAre("any"));
  EXPECT_EQ(settings_of(print(settings)), settings);
}

TEST(TcpWatchSettings, TakeInterfacesThatAreNotRecordedAndNone) {
  EXPECT_THAT(*settings_of(watching("[eth7, eth8]")).tcp_watch.interfaces,
              ElementsAre("eth7", "eth8"));
  const Settings off = settings_of(watching("[]"));
  EXPECT_THAT(*off.tcp_watch.interfaces, IsEmpty());
  EXPECT_EQ(settings_of(print(off)), off);
}

TEST(TcpWatchSettings, RefuseWhatIsNoListOfInterfaces) {
  for (const char* text : {"eth0", "off", "{a: b}"})
    EXPECT_THAT(error_of(watching(text)),
                AllOf(StartsWith("r.yaml:4:25: tcp_watch.interfaces: "), HasSubstr("allowed")))
        << text;
  EXPECT_THAT(error_of(watching("[a/b]")),
              StartsWith("r.yaml:4:26: tcp_watch.interfaces[0]: 'a/b' is no interface name"));
  EXPECT_THAT(error_of(watching("[eth0, eth0]")), HasSubstr("is given twice"));
  EXPECT_THAT(error_of(watching("[eth0, any]")), HasSubstr("'any' has all interfaces already"));
  EXPECT_THAT(
      error_of(with_capture("tcp_watch: off\n")),
      HasSubstr("tcp_watch: a single value; allowed is a mapping with the keys interfaces"));
}

}  // namespace
}  // namespace ringtail::settings
