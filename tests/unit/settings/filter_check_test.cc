#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.h"

namespace ringtail::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kTwoCaptures =
    "captures:\n"
    "- name: a\n"
    "  interfaces: [eth0]\n"
    "  filter: good\n"
    "- name: b\n"
    "  interfaces: [eth0]\n"
    "  filter: bad\n";

std::vector<std::string> refuse_bad(const Capture& capture) {
  if (capture.filter == "bad") return {"it is bad"};
  return {};
}

TEST(FilterCheck, PutsWhatItSaysAtTheFiltersPlace) {
  const Result result = parse(kTwoCaptures, "r.yaml", kFourCpus, refuse_bad);
  EXPECT_FALSE(result.settings);
  EXPECT_THAT(
      result.errors,
      ElementsAre(testing::MatchesRegex("r.yaml:7:[0-9]+: captures\\[1\\].filter: it is bad")));
}

TEST(FilterCheck, StandsAmongTheOtherErrorsInTheOrderOfTheFile) {
  const Result result = parse(kTwoCaptures + "metrcs: 1\n", "r.yaml", kFourCpus, refuse_bad);
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("it is bad"), HasSubstr("metrcs")));
}

TEST(FilterCheck, PutsWhatItSaysOfAFileAtTheFilesKey) {
  const FilterCheck refuse_twice = [](const Capture&) {
    return std::vector<std::string>{"one thing", "another"};
  };
  const Result result =
      parse("captures:\n- name: a\n  filter_file: x\n  interfaces: [eth0]\n  filter: ''\n",
            "r.yaml", kFourCpus, refuse_twice);
  EXPECT_THAT(result.errors, ElementsAre("r.yaml:3:16: captures[0].filter_file: one thing",
                                         "r.yaml:3:16: captures[0].filter_file: another"));
}

TEST(FilterCheck, IsAskedWhereOtherValuesAreMissing) {
  const Result result = parse("captures: [{filter: bad}]\n", "r.yaml", kFourCpus, refuse_bad);
  EXPECT_THAT(result.errors, testing::Contains(HasSubstr("captures[0].filter: it is bad")));
}

TEST(FilterCheck, IsNotAskedAboutEverythingOrAboutWhatIsWrongAlready) {
  int asked = 0;
  const FilterCheck count = [&asked](const Capture&) {
    ++asked;
    return std::vector<std::string>();
  };
  (void)parse("captures:\n- {name: a, interfaces: [eth0]}\n", "r.yaml", kFourCpus, count);
  (void)parse("captures:\n- {name: a, interfaces: [eth0], filter: [x]}\n", "r.yaml", kFourCpus,
              count);
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace ringtail::settings
