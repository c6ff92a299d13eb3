#include <chrono>
#include <filesystem>

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
  EXPECT_EQ(capture.filter_file, "");
  EXPECT_EQ(capture.snaplen, 262'144U);
  EXPECT_EQ(capture.direction, Direction::kBoth);
  EXPECT_TRUE(capture.promiscuous);
  EXPECT_EQ(capture.fanout, Fanout::kHash);
  EXPECT_EQ(capture.timestamps, (Timestamps{TimestampSource::kHost, TimestampPrecision::kNano}));
  EXPECT_EQ(capture.rotate_interval, std::chrono::seconds{0});
  EXPECT_EQ(capture.keep, (Keep{.size_bytes = 20 * base::kGiB}));
  EXPECT_EQ(capture.limit, Limit{});
  EXPECT_THAT(capture.cpus, ElementsAre());
  EXPECT_EQ(capture.ring_memory_bytes, 256 * base::kMiB);
  EXPECT_FALSE(capture.ring_lock);
}

TEST(CaptureSettings, ReadEveryValue) {
  const Capture capture = capture_of(
      "  filter: tcp port 443\n  snaplen: 96\n  cpus: [3, 1]\n"
      "  ring: {memory: 64MiB, lock: true}\n  rotate: {size: 10MB, interval: 90s}\n  direction: "
      "in\n  "
      "promiscuous: false\n"
      "  fanout: cpu\n  timestamps: {source: adapter, precision: micro}\n"
      "  keep: {size: 1GiB, age: 7d, files: 500}\n"
      "  limit: {packets: 1000, bytes: 1GiB, duration: 24h}\n"
      "  format: pcapng\n");
  EXPECT_EQ(capture.filter, "tcp port 443");
  EXPECT_EQ(capture.snaplen, 96U);
  EXPECT_EQ(capture.format, Format::kPcapng);
  EXPECT_EQ(capture.workers, 2U);
  EXPECT_THAT(capture.cpus, ElementsAre(3, 1));
  EXPECT_EQ(capture.ring_memory_bytes, 64 * base::kMiB);
  EXPECT_TRUE(capture.ring_lock);
  EXPECT_EQ(capture.rotate_size_bytes, 10'000'000U);
  EXPECT_EQ(capture.rotate_interval, std::chrono::seconds{90});
  EXPECT_EQ(capture.keep, (Keep{base::kGiB, std::chrono::days{7}, 500}));
  EXPECT_EQ(capture.direction, Direction::kIn);
  EXPECT_FALSE(capture.promiscuous);
  EXPECT_EQ(capture.fanout, Fanout::kCpu);
  EXPECT_EQ(capture.timestamps,
            (Timestamps{TimestampSource::kAdapter, TimestampPrecision::kMicro}));
  EXPECT_EQ(capture.limit, (Limit{1000, base::kGiB, std::chrono::hours{24}}));
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

TEST(CaptureSettings, TakeAFilterFileBesideTheSettingsFile) {
  const auto file_of = [](const char* name) {
    const Result result = parse(with_capture("  filter_file: web.filter\n"), name, kFourCpus);
    return result.settings ? result.settings->captures[0].filter_file : "";
  };
  EXPECT_EQ(file_of("/etc/ringtail/r.yaml"), "/etc/ringtail/web.filter");
  EXPECT_EQ(file_of("conf/r.yaml"), std::filesystem::current_path() / "conf/web.filter");
  EXPECT_EQ(file_of("r.yaml"), std::filesystem::current_path() / "web.filter");
  EXPECT_EQ(capture_of("  filter_file: /x/y\n").filter_file, "/x/y");
}

TEST(CaptureSettings, RefuseAFilterFileThatIsNoPath) {
  EXPECT_THAT(error_of(with_capture("  filter_file: \"a\\nb\"\n")), HasSubstr("a line end"));
}

TEST(CaptureSettings, TakeAFilterOrAFilterFile) {
  EXPECT_EQ(error_of(with_capture("  filter: tcp\n  filter_file: x\n")),
            "r.yaml:5:16: captures[0].filter_file: filter is given already; leave one of them out");
  EXPECT_EQ(error_of(with_capture("  filter_file: x\n  filter: tcp\n")),
            "r.yaml:5:11: captures[0].filter: filter_file is given already; leave one of them out");
  EXPECT_EQ(capture_of("  filter: tcp\n  filter_file: ''\n").filter, "tcp");
  EXPECT_EQ(capture_of("  filter_file: /x\n  filter: ''\n").filter_file, "/x");
}

TEST(CaptureSettings, TakeOneWordOfAFewOnly) {
  for (const char* direction : {"in", "out", "both"})
    EXPECT_THAT(parse_text(with_capture("  direction: " + std::string{direction} + "\n")).errors,
                ElementsAre());
  EXPECT_EQ(
      error_of(with_capture("  direction: inout\n")),
      "r.yaml:4:14: captures[0].direction: 'inout' is no direction; allowed is in, out or both");
  EXPECT_EQ(capture_of("  fanout: queue\n").fanout, Fanout::kQueue);
  EXPECT_EQ(error_of(with_capture("  fanout: rss\n")),
            "r.yaml:4:11: captures[0].fanout: 'rss' is no way to divide packets; allowed is hash, "
            "cpu or queue");
  EXPECT_EQ(error_of(with_capture("  timestamps: {source: nic}\n")),
            "r.yaml:4:24: captures[0].timestamps.source: 'nic' is no source of timestamps; allowed "
            "is host or adapter");
  EXPECT_EQ(
      error_of(with_capture("  timestamps: {precision: Nano}\n")),
      "r.yaml:4:27: captures[0].timestamps.precision: 'Nano' is no precision; allowed is nano "
      "or micro");
}

TEST(CaptureSettings, TakeTrueAndFalseAlone) {
  EXPECT_TRUE(capture_of("  promiscuous: true\n").promiscuous);
  for (const char* text : {"yes", "no", "on", "off", "True", "FALSE", "1", "0", "''"})
    EXPECT_EQ(error_of(with_capture("  promiscuous: " + std::string{text} + "\n")),
              "r.yaml:4:16: captures[0].promiscuous: '" + std::string{text[0] == '\'' ? "" : text} +
                  "' is neither of the two; allowed is true or false");
}

TEST(CaptureSettings, TakeLimitsOrNone) {
  EXPECT_EQ(capture_of("  limit: {packets: none, bytes: none, duration: none}\n").limit, Limit{});
  EXPECT_EQ(capture_of("  limit: {duration: 500ms}\n").limit,
            (Limit{0, 0, std::chrono::milliseconds{500}}));
}

TEST(CaptureSettings, RefuseLimitsThatAreNone) {
  const auto error = [](const std::string& limit) {
    return error_of(with_capture("  limit: {" + limit + "}\n"));
  };
  EXPECT_EQ(error("packets: 0"),
            "r.yaml:4:20: captures[0].limit.packets: '0' is out of range; allowed is none, or a "
            "whole number from 1 to 1000000000000000");
  for (const char* packets : {"-1", "1.5", "1k", "None", "''", "1000000000000001"})
    EXPECT_THAT(error("packets: " + std::string{packets}),
                HasSubstr("captures[0].limit.packets: '"));
  for (const char* bytes : {"0", "-1", "2EiB", "10G", "all"})
    EXPECT_THAT(error("bytes: " + std::string{bytes}),
                AllOf(HasSubstr("captures[0].limit.bytes: '"), HasSubstr("allowed is none, or ")));
  EXPECT_EQ(
      error("duration: 90"),
      "r.yaml:4:21: captures[0].limit.duration: '90' has no unit; allowed is none, or a whole "
      "number with ms, s, m, h or d, such as 90s, from 1ms to 36500d");
  for (const char* duration : {"0s", "999us", "36501d"})
    EXPECT_THAT(error("duration: " + std::string{duration}), HasSubstr("is out of range"));
  for (const char* duration : {"-1s", "1.5h", "2w", "soon", "''", "99999999999999999999s"})
    EXPECT_THAT(error("duration: " + std::string{duration}), HasSubstr("is not a duration"));
}

TEST(CaptureSettings, TakeWhatIsToBeKeptOrNoLimit) {
  EXPECT_EQ(capture_of("  keep: {size: auto, age: none, files: none}\n"), capture_of(""));
  EXPECT_EQ(capture_of("  rotate: {interval: none}\n"), capture_of(""));
  EXPECT_EQ(capture_of("  keep: {age: 36500d}\n").keep.age, std::chrono::days{36'500});
}

TEST(CaptureSettings, RefuseWhatCannotBeKept) {
  const auto error = [](const std::string& key, const std::string& value) {
    return error_of(with_capture("  " + key + ": {" + value + "}\n"));
  };
  EXPECT_EQ(error("keep", "files: 0"),
            "r.yaml:4:17: captures[0].keep.files: '0' is out of range; allowed is none, or a "
            "whole number from 1 to 400000");
  for (const char* size : {"0", "1023KiB", "17PiB", "10G", "none"})
    EXPECT_THAT(error("keep", "size: " + std::string{size}),
                AllOf(HasSubstr("captures[0].keep.size: '"), HasSubstr("allowed is auto, or ")));
  for (const char* age : {"0s", "999ms", "36501d", "1.5h", "90", "auto"})
    EXPECT_THAT(error("keep", "age: " + std::string{age}),
                AllOf(HasSubstr("captures[0].keep.age: '"), HasSubstr("allowed is none, or ")));
  for (const char* interval : {"0s", "999ms", "367d", "hourly", "60", "-1s"})
    EXPECT_THAT(error("rotate", "interval: " + std::string{interval}),
                AllOf(HasSubstr("captures[0].rotate.interval: '"),
                      HasSubstr("such as 90s, from 1s to 366d")));
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
                HasSubstr("allowed is auto, or a whole number from 1 to 256"))
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
