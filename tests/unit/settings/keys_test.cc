#include "unit/settings/parsing.h"

// Which keys there are, and what is said about a wrong one.
namespace ringtail::settings {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Settings, RefusesAnUnknownKeyAndNamesTheNearest) {
  EXPECT_EQ(error_of(with_storage("  max_sise: 1GiB\n")),
            "r.yaml:2:3: storage.max_sise: unknown key; allowed are directory, max_size, min_free, "
            "max_write_rate, require_mount, io; nearest known key 'max_size'");
  EXPECT_THAT(error_of(with_capture("  filtr: tcp\n")),
              AllOf(StartsWith("r.yaml:4:3: captures[0].filtr: unknown key"),
                    EndsWith("nearest known key 'filter'")));
  EXPECT_THAT(error_of(with_capture("  ring: {memmory: 1GiB}\n")),
              AllOf(StartsWith("r.yaml:4:10: captures[0].ring.memmory: unknown key"),
                    EndsWith("nearest known key 'memory'")));
  EXPECT_THAT(error_of(with_capture("  limit: {packet: 1}\n")),
              EndsWith("unknown key; allowed are packets, bytes, duration; nearest known key "
                       "'packets'"));
  EXPECT_THAT(error_of(with_capture("  timestamps: {prescision: nano}\n")),
              EndsWith("unknown key; allowed are source, precision; nearest known key "
                       "'precision'"));
  EXPECT_THAT(error_of(with_capture("  keep: {sizes: 1GiB}\n")),
              EndsWith("unknown key; allowed are size, age, files; nearest known key 'size'"));
  EXPECT_THAT(error_of("metric: {}\n" + with_capture("")),
              AllOf(StartsWith("r.yaml:1:1: metric: unknown key"), EndsWith("'metrics'")));
}

TEST(Settings, NamesNoNearestKeyWhenNoneIsNear) {
  EXPECT_THAT(error_of(with_storage("  zzzzzzzz: 1\n")),
              AllOf(HasSubstr("unknown key"), Not(HasSubstr("nearest"))));
}

TEST(Settings, SaysThatTheNearestKeyIsNotSupportedYet) {
  EXPECT_THAT(error_of(with_capture("contol: {socket: /x}\n")),
              EndsWith("nearest known key 'control' (not supported yet)"));
}

TEST(Settings, RefusesKeysThatAreNotBuiltYetAsSuch) {
  EXPECT_THAT(error_of(with_capture("control: {socket: /x}\n")),
              AllOf(HasSubstr("not supported yet"), Not(HasSubstr("unknown"))));
}

TEST(Settings, KnowsThePrecisionOfTimestampsAlone) {
  EXPECT_THAT(error_of(with_capture("  precision: micro\n")),
              HasSubstr("captures[0].precision: unknown key"));
}

TEST(Settings, RefusesAKeyThatIsGivenTwice) {
  EXPECT_EQ(
      error_of(with_storage("  io: auto\n  io: blocking\n")),
      "r.yaml:3:3: storage.io: is given twice; the first is on line 2, leave one of them out");
  EXPECT_THAT(error_of(with_storage("  io: auto\n  'io': auto\n")), HasSubstr("is given twice"));
  EXPECT_THAT(error_of(with_capture("captures: []\n")), HasSubstr("captures: is given twice"));
}

TEST(Settings, RefusesAKeyThatIsNoWord) {
  for (const char* key : {"[io]", "{io: a}", "~", "!!str io"})
    EXPECT_THAT(error_of(with_storage("  ? " + std::string{key} + "\n  : auto\n")),
                HasSubstr("storage: "))
        << key;
}

TEST(Settings, RefusesAKeyWithoutAValue) {
  EXPECT_EQ(error_of(with_storage("  io:\n")),
            "r.yaml:2:3: storage.io: has no value; give it one, or leave the key out");
  for (const char* line : {"  filter:\n", "  filter: ~\n", "  filter: null\n", "  ring:\n",
                           "  ring: {memory: }\n", "  workers: Null\n"})
    EXPECT_THAT(error_of(with_capture(line)), HasSubstr("has no value")) << line;
  EXPECT_THAT(error_of("captures:\n"), StartsWith("r.yaml:1:1: captures: has no value"));
}

TEST(Settings, RefusesTheWrongKindOfNode) {
  EXPECT_THAT(error_of(with_storage("  - io\n")),
              StartsWith("r.yaml:2:3: storage: a list; allowed is a mapping"));
  for (const char* line : {"  filter: [tcp]\n",
                           "  filter: {tcp: udp}\n",
                           "  snaplen: [1]\n",
                           "  workers: [1]\n",
                           "  cpus: 2\n",
                           "  cpus: {a: b}\n",
                           "  cpus: [[2]]\n",
                           "  ring: 256MiB\n",
                           "  ring: [256MiB]\n",
                           "  ring: {memory: [1GiB]}\n",
                           "  rotate: 1GiB\n",
                           "  rotate: {size: {a: b}}\n",
                           "  filter_file: [x]\n",
                           "  direction: [in]\n",
                           "  promiscuous: {}\n",
                           "  fanout: [hash]\n",
                           "  timestamps: host\n",
                           "  limit: 5\n",
                           "  timestamps: {source: [host]}\n",
                           "  limit: {packets: [1]}\n",
                           "  limit: {bytes: {}}\n",
                           "  limit: {duration: [1s]}\n",
                           "  rotate: {interval: [1s]}\n",
                           "  keep: 1GiB\n",
                           "  keep: {size: [1GiB]}\n",
                           "  keep: {age: {}}\n",
                           "  keep: {files: [1]}\n"})
    EXPECT_THAT(error_of(with_capture(line)), HasSubstr("; allowed is ")) << line;
  for (const char* text : {"captures: web\n", "captures: {name: web}\n", "captures: [web]\n",
                           "captures: [[web]]\n", "web\n", "- web\n"})
    EXPECT_THAT(error_of(text), HasSubstr("; allowed is ")) << text;
}

TEST(Settings, ReportsEverythingThatIsWrongInTheOrderOfTheFile) {
  const Result result = parse_text(
      "storage:\n"
      "  io: fast\n"
      "  max_size: lots\n"
      "captures:\n"
      "- name: a b\n"
      "  interfaces: [eth0]\n"
      "- name: web\n"
      "  interfaces: [a/b]\n"
      "  cpus: [0, 9]\n"
      "metrics: {listen: 9477}\n");
  EXPECT_FALSE(result.settings.has_value());
  EXPECT_THAT(result.errors, ElementsAre(StartsWith("r.yaml:2:7: storage.io: "),
                                         StartsWith("r.yaml:3:13: storage.max_size: "),
                                         StartsWith("r.yaml:5:9: captures[0].name: "),
                                         StartsWith("r.yaml:8:16: captures[1].interfaces[0]: "),
                                         StartsWith("r.yaml:9:13: captures[1].cpus[1]: "),
                                         StartsWith("r.yaml:10:19: metrics.listen: ")));
}

}  // namespace
}  // namespace ringtail::settings
