#include "unit/settings/parsing.h"

// The values below each of `captures`, one by one.
namespace ringtail::settings {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string named(const std::string& name, const std::string& interfaces = "[eth0]") {
  return "captures:\n- name: " + name + "\n  interfaces: " + interfaces + "\n";
}

TEST(CaptureSettings, HaveDefaults) {
  const Capture capture = capture_of("");
  EXPECT_EQ(capture.name, "web");
  EXPECT_THAT(capture.interfaces, ElementsAre("eth0"));
  EXPECT_EQ(capture.filter, "");
  EXPECT_EQ(capture.snaplen, 262'144U);
  EXPECT_THAT(capture.cpus, ElementsAre());
  EXPECT_EQ(capture.ring_memory_bytes, 256 * base::kMiB);
}

TEST(CaptureSettings, ReadEveryValue) {
  const Capture capture = capture_of(
      "  filter: tcp port 443\n  snaplen: 96\n  cpus: [3, 1]\n"
      "  ring: {memory: 64MiB}\n  rotate: {size: 10MB}\n");
  EXPECT_EQ(capture.filter, "tcp port 443");
  EXPECT_EQ(capture.snaplen, 96U);
  EXPECT_EQ(capture.workers, 2U);
  EXPECT_THAT(capture.cpus, ElementsAre(3, 1));
  EXPECT_EQ(capture.ring_memory_bytes, 64 * base::kMiB);
  EXPECT_EQ(capture.rotate_size_bytes, 10'000'000U);
}

TEST(CaptureSettings, NeedAtLeastOneCapture) {
  EXPECT_EQ(error_of("storage: {io: auto}\n"),
            "r.yaml:1:1: captures: is missing; name at least one capture");
  EXPECT_THAT(error_of("captures: []\n"), StartsWith("r.yaml:1:11: captures: is missing"));
}

TEST(CaptureSettings, NeedANameAndAnInterface) {
  const Result result = parse_text("captures:\n- snaplen: 96\n");
  EXPECT_THAT(result.errors,
              ElementsAre(StartsWith("r.yaml:2:3: captures[0].interfaces: is missing"),
                          StartsWith("r.yaml:2:3: captures[0].name: is missing")));
}

TEST(CaptureSettings, TakeANameThatCanBeAFolder) {
  for (const std::string& name : {std::string{"a"}, std::string{"7"}, std::string{"Web_1.x-y"},
                                  std::string{"no"}, std::string(64, 'a')})
    EXPECT_EQ(settings_of(named(name)).captures[0].name, name);
}

TEST(CaptureSettings, RefuseANameThatCannotBeAFolder) {
  for (const std::string& name :
       {std::string{"''"}, std::string{".a"}, std::string{".."}, std::string{"-a"},
        std::string{"_a"}, std::string{"a/b"}, std::string{"a b"}, std::string{"\"a\\n\""},
        std::string{"ä"}, std::string(65, 'a'), std::string{"\"a\\0\""}})
    EXPECT_THAT(error_of(named(name)),
                AllOf(StartsWith("r.yaml:2:9: captures[0].name: "), HasSubstr("no capture name")))
        << name;
}

TEST(CaptureSettings, RefuseANameThatIsTaken) {
  EXPECT_EQ(
      error_of("captures:\n- {name: web, interfaces: [eth0]}\n"
               "- {name: web, interfaces: [eth1]}\n"),
      "r.yaml:3:10: captures[1].name: 'web' is the name of captures[0] already; every capture "
      "needs a name of its own");
}

TEST(CaptureSettings, TakeTheInterfaceNamesThatTheKernelTakes) {
  for (const char* name : {"e", "eth0", "enp0s31f6", "br-123.4000", "123456789012345", "wlän0"})
    EXPECT_EQ(settings_of(named("web", "[" + std::string{name} + "]")).captures[0].interfaces[0],
              name);
}

TEST(CaptureSettings, RefuseInterfaceNamesThatTheKernelRefuses) {
  for (const char* name : {"''", "'.'", "'..'", "a/b", "'a b'", "\"a\\tb\"", "1234567890123456",
                           "'eth0:1'", "\"a\\0\""})
    EXPECT_THAT(error_of(named("web", "[" + std::string{name} + "]")),
                AllOf(StartsWith("r.yaml:3:16: captures[0].interfaces[0]: "),
                      HasSubstr("is no interface name")))
        << name;
}

TEST(CaptureSettings, TakeSeveralInterfacesOrAnyAlone) {
  EXPECT_THAT(settings_of(named("web", "[eth1, eth0]")).captures[0].interfaces,
              ElementsAre("eth1", "eth0"));
  EXPECT_THAT(settings_of(named("web", "[any]")).captures[0].interfaces, ElementsAre("any"));
}

TEST(CaptureSettings, RefuseAListOfInterfacesThatIsNone) {
  EXPECT_THAT(error_of(named("web", "[]")), HasSubstr("captures[0].interfaces: is empty"));
  EXPECT_THAT(error_of(named("web", "eth0")), HasSubstr("such as [eth0, eth1], or [any]"));
  EXPECT_THAT(error_of(named("web", "[~]")), HasSubstr("captures[0].interfaces[0]: "));
  EXPECT_THAT(error_of(named("web", "[eth0, a/b]")), HasSubstr("captures[0].interfaces[1]: "));
}

TEST(CaptureSettings, RefuseAnInterfaceThatIsGivenTwice) {
  EXPECT_EQ(error_of(named("web", "[eth0, eth1, eth0]")),
            "r.yaml:3:28: captures[0].interfaces[2]: 'eth0' is given twice; leave one of them out");
}

TEST(CaptureSettings, RefuseOtherInterfacesBesideAny) {
  for (const char* list : {"[eth0, any]", "[any, eth0]"})
    EXPECT_THAT(error_of(named("web", list)), AllOf(HasSubstr("captures[0].interfaces: "),
                                                    HasSubstr("'any' has all interfaces already")));
}

TEST(CaptureSettings, LimitTheNumberOfInterfaces) {
  std::string list = "[eth0";
  for (int i = 1; i < 65; ++i) list += ", eth" + std::to_string(i);
  EXPECT_THAT(error_of(named("web", list + "]")), HasSubstr("65 interfaces; at most 64"));
}

TEST(CaptureSettings, TakeAFilterOverSeveralLines) {
  EXPECT_EQ(capture_of("  filter: |\n    tcp port 443\n    or udp\n").filter,
            "tcp port 443 or udp");
  EXPECT_EQ(capture_of("  filter: ' '\n").filter, "");
  EXPECT_EQ(capture_of("  filter: 'tcp[tcpflags] & (tcp-syn|tcp-ack) != 0'\n").filter,
            "tcp[tcpflags] & (tcp-syn|tcp-ack) != 0");
}

TEST(CaptureSettings, RefuseAFilterWithAHiddenEnd) {
  EXPECT_THAT(error_of(with_capture("  filter: \"tcp\\0 or udp\"\n")),
              HasSubstr("captures[0].filter: 'tcp\\x00 or udp' holds"));
}

TEST(CaptureSettings, TakeSnaplenZeroAsTheMost) {
  EXPECT_EQ(capture_of("  snaplen: 0\n").snaplen, 262'144U);
  EXPECT_EQ(capture_of("  snaplen: 1\n").snaplen, 1U);
}

TEST(CaptureSettings, RefuseNumbersThatAreNone) {
  for (const char* text : {"-1", "+1", "1.0", "1e3", "0x60", "96 bytes", "''", "' 96'", "none",
                           "99999999999999999999", "262145"})
    EXPECT_THAT(error_of(with_capture("  snaplen: " + std::string{text} + "\n")),
                HasSubstr("allowed is a whole number from 0 to 262144"))
        << text;
  for (const char* text : {"0", "257", "-1", "2.0", "Auto", "all"})
    EXPECT_THAT(error_of(with_capture("  workers: " + std::string{text} + "\n")),
                HasSubstr("allowed is a whole number from 1 to 256"))
        << text;
}

TEST(CaptureSettings, RefuseSizesOutOfRange) {
  EXPECT_THAT(error_of(with_capture("  ring: {memory: 7MiB}\n")),
              HasSubstr("captures[0].ring.memory: '7MiB' is out of range"));
  EXPECT_THAT(error_of(with_capture("  rotate: {size: 2097151}\n")),
              HasSubstr("captures[0].rotate.size: '2097151' is out of range"));
  EXPECT_THAT(error_of(with_capture("  rotate: {size: big}\n")), HasSubstr("is not a size"));
}

TEST(CaptureSettings, AreLimitedInNumber) {
  std::string text = "captures:\n";
  for (int i = 0; i < 65; ++i) text += "- {name: c" + std::to_string(i) + ", interfaces: [eth0]}\n";
  EXPECT_THAT(error_of(text), HasSubstr("65 captures; at most 64"));
}

}  // namespace
}  // namespace ringtail::settings
