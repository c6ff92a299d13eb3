#include "daemon/check_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "daemon/exit_code.h"
#include "support/temp_folder.h"

namespace ringtail::daemon {
namespace {

const settings::Host kTwoCpus{{0, 1}};

TEST(CheckCommand, SaysThatAFileIsInOrder) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, false, kTwoCpus}, out, err), kOk);
  EXPECT_EQ(out.str(), std::string{RINGTAIL_EXAMPLE} + ": ok\n");
  EXPECT_EQ(err.str(), "");
}

TEST(CheckCommand, PrintsTheEffectiveSettings) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, true, kTwoCpus}, out, err), kOk);
  EXPECT_THAT(out.str(), testing::HasSubstr("workers: 2\n"));
}

TEST(CheckCommand, PrintsErrorsAndReturnsBadConfiguration) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({"/none.yaml", true, kTwoCpus}, out, err), kBadConfiguration);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "/none.yaml: cannot be opened: No such file or directory\n");
}

TEST(CheckCommand, PrintsABadFilterWithItsLine) {
  const support::TempFolder folder;
  const std::filesystem::path file = folder.path() / "r.yaml";
  std::ofstream(file) << "captures:\n- name: a\n  interfaces: [lo]\n  filter: tcp and and\n";
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({file, false, kTwoCpus}, out, err), kBadConfiguration);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), testing::StartsWith(file.string() + ":4:"));
  EXPECT_THAT(err.str(), testing::HasSubstr("syntax error at 'and' (character 9)"));
}

TEST(CheckCommand, DoesNotSucceedWhenItsOutputIsLost) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, true, kTwoCpus}, out, err), kFailure);
  EXPECT_THAT(err.str(), testing::HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace ringtail::daemon
