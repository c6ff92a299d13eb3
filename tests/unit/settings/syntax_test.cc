#include <string>

#include "settings/document.h"
#include "unit/settings/parsing.h"

// Text that is no settings file at all, and YAML's sharper features.
namespace ringtail::settings {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string repeated(const std::string& unit, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += unit;
  return text;
}

TEST(Syntax, NamesLineAndColumnOfAnError) {
  EXPECT_THAT(error_of("storage:\n  io: [auto\ncaptures: []\n"),
              AllOf(StartsWith("r.yaml:3:"), HasSubstr(": cannot be parsed: ")));
  EXPECT_THAT(error_of("storage:\n  io: auto\n bad\n"), StartsWith("r.yaml:3:2: cannot be parsed"));
}

TEST(Syntax, RefusesAQuoteThatTheEndOfTheFileCutsOff) {
  for (const char* text :
       {"\"127.0.0.1:94", "'127.0.0.1:94", "\"127.0.0.1:94\n", "'a''", "\"\\\"", "\"a # b", "\""})
    EXPECT_EQ(error_of(with_capture("metrics:\n  listen: " + std::string{text})),
              "r.yaml:5:11: cannot be parsed: the quote that opens here is never closed");
}

TEST(Syntax, RefusesAnEmptyFile) {
  for (const char* text : {"", "\n\n", "# nothing\n", "---\n", "---\n...\n", "~\n", "\xEF\xBB\xBF"})
    EXPECT_EQ(error_of(text), "r.yaml: the file is empty; it must name at least one capture");
}

TEST(Syntax, TakesAByteOrderMarkAndForeignLineEnds) {
  EXPECT_EQ(settings_of("\xEF\xBB\xBF" + with_capture("")).captures.size(), 1U);
  EXPECT_EQ(settings_of("captures:\r\n- name: web\r\n  interfaces: [eth0]\r\n").captures[0].name,
            "web");
}

TEST(Syntax, RefusesASecondDocument) {
  EXPECT_THAT(error_of(with_capture("---\na: b\n")),
              AllOf(StartsWith("r.yaml:"), HasSubstr("one document is allowed")));
  EXPECT_EQ(settings_of("---\n" + with_capture("...\n")).captures.size(), 1U);
}

TEST(Syntax, RefusesTextThatFollowsTheDocument) {
  for (const char* rest : {"]\n", "}\n", "x\n", "- a\n", "\"\n", ": :\n"})
    EXPECT_THAT(error_of(with_capture(rest)), StartsWith("r.yaml:")) << rest;
}

TEST(Syntax, RefusesTabsAsIndentation) {
  EXPECT_THAT(error_of("captures:\n\t- name: web\n"), StartsWith("r.yaml:2:2: cannot be parsed"));
  EXPECT_THAT(error_of("storage:\n\tio: auto\n" + with_capture("")), StartsWith("r.yaml:2:"));
}

TEST(Syntax, RefusesBytesThatAreNoText) {
  EXPECT_EQ(error_of(std::string_view("captures:\n- \0", 13)),
            "r.yaml:2:3: a NUL byte has no place in a text file; UTF-8 is read");
  // yaml-cpp takes this one for the end of the file.
  EXPECT_THAT(error_of(with_capture("\x04 junk")), StartsWith("r.yaml:4:1: the byte 4 "));
  for (const char* bytes : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3", "\x80",
                            "\xE2\x82", "\xF0\x80\x80\x80", "\xE0\x80\x80", "\x7F", "\x1B[2J"})
    EXPECT_THAT(error_of("# ok: \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x90\xBE\nx: " + std::string{bytes}),
                StartsWith("r.yaml:2:4: the byte "));
}

TEST(Syntax, RefusesAliasesAndTags) {
  EXPECT_THAT(error_of(with_capture("  filter: &f tcp\n  ring: *f\n")),
              HasSubstr("captures[0].ring: an alias (not supported: write the value out)"));
  EXPECT_THAT(error_of(with_capture("  filter: !!binary dGNw\n")),
              HasSubstr("captures[0].filter: a tag (not supported: leave it out)"));
  EXPECT_THAT(error_of(with_capture("  cpus: !x [1]\n")), HasSubstr("a tag (not supported"));
  EXPECT_THAT(error_of(with_capture("  <<: {filter: tcp}\n")), HasSubstr("unknown key"));
}

TEST(Syntax, DoesNotExpandABombOfAliases) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 100; ++i) {
    const std::string name = std::to_string(i);
    const std::string from = std::to_string(i - 1);
    bomb.append("a" + name).append(": &a" + name);
    bomb.append(" [*a" + from).append(", *a" + from).append("]\n");
  }
  EXPECT_FALSE(parse_text(bomb).settings.has_value());
}

TEST(Syntax, SurvivesDeepNesting) {
  for (const char* unit : {"[", "{", "- ", "? ", ": ", "[a: ", "{a: {", "[[]", "k: [\n"})
    EXPECT_THAT(error_of(repeated(unit, 10'000)), StartsWith("r.yaml:")) << unit;
  std::string stairs;
  for (std::size_t i = 0; i < 1'000; ++i) stairs += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(error_of(stairs), HasSubstr("nested more than 16 levels deep"));
}

TEST(Syntax, LimitsTheNumberOfKeysAndValues) {
  EXPECT_THAT(error_of(repeated("- a\n", kMaxNodes + 1)),
              HasSubstr("more than 20000 keys and values"));
}

TEST(Syntax, LimitsTheSizeOfAFile) {
  EXPECT_THAT(error_of(repeated("#", kMaxFileBytes + 1)), HasSubstr("is larger than 1MiB"));
}

TEST(Errors, StayOnOneLineWhateverTheFileSays) {
  const Result result =
      parse("\"a\\nb\\e[2J\\x9b\": 1\ncaptures:\n- name: \"" + std::string(5'000, 'x') + "\"\n",
            "odd\nname", kFourCpus);
  EXPECT_FALSE(result.settings.has_value());
  for (const std::string& error : result.errors) {
    EXPECT_THAT(error, StartsWith("odd\\x0aname:"));
    EXPECT_EQ(error.find_first_of("\n\x1B"), std::string::npos);
    EXPECT_EQ(error.find("\xC2\x9B"), std::string::npos);
    EXPECT_LT(error.size(), 1'000U);
  }
}

}  // namespace
}  // namespace ringtail::settings
