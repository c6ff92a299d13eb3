#include "base/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::base {
namespace {

TEST(Check, PassesANonNegativeResultThrough) { EXPECT_EQ(check(7, "call", "subject"), 7); }

TEST(Check, NamesTheCallTheSubjectTheRemedyAndTheReason) {
  errno = EACCES;
  try {
    check(-1, "open", "/some/file", "run it as root");
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EACCES);
    EXPECT_STREQ(error.what(), "open /some/file (run it as root): Permission denied");
  }
}

TEST(Check, LeavesOutARemedyThatIsNotGiven) {
  errno = ENOENT;
  try {
    check(-1, "stat", "x");
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "stat x: No such file or directory");
  }
}

}  // namespace
}  // namespace ringtail::base
