#include "daemon/check_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "daemon/exit_code.h"

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

TEST(CheckCommand, DoesNotSucceedWhenItsOutputIsLost) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, true, kTwoCpus}, out, err), kFailure);
  EXPECT_THAT(err.str(), testing::HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace ringtail::daemon
