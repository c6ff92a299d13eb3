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

std::string refuse_bad(const Capture& capture) {
  return capture.filter == "bad" ? "it is bad" : "";
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

TEST(FilterCheck, IsNotAskedAboutEverythingOrAboutWhatIsWrongAlready) {
  int asked = 0;
  const FilterCheck count = [&asked](const Capture&) {
    ++asked;
    return std::string();
  };
  (void)parse("captures:\n- {name: a, interfaces: [eth0]}\n", "r.yaml", kFourCpus, count);
  (void)parse("captures:\n- {name: a, interfaces: [eth0], filter: [x]}\n", "r.yaml", kFourCpus,
              count);
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace ringtail::settings
