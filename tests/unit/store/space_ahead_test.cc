#include "store/space_ahead.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/byte_size.h"

namespace ringtail::store {
namespace {

using base::kMiB;
using namespace std::chrono_literals;
using Grow = SpaceAhead::Grow;

TEST(SpaceAhead, IsWhatIsWrittenInATenthOfASecondWithinBounds) {
  EXPECT_EQ(SpaceAhead::bytes(800 * kMiB, 1s), 80 * kMiB);
  EXPECT_EQ(SpaceAhead::bytes(400 * kMiB, 1s), 40 * kMiB);
  EXPECT_EQ(SpaceAhead::bytes(1 * kMiB, 1h), SpaceAhead::kLeastBytes);
  EXPECT_EQ(SpaceAhead::bytes(0, 0s), SpaceAhead::kLeastBytes);
  EXPECT_EQ(SpaceAhead::bytes(4096 * kMiB, 1s), SpaceAhead::kMostBytes);
}

TEST(SpaceAhead, IsNoGuessInAFilesFirstMoments) {
  EXPECT_EQ(SpaceAhead::bytes(48 * kMiB, 1ms), 48 * kMiB) << "at least that in kTime";
}

TEST(SpaceAhead, IsAskedForInTheCurrentFileAsLongAsItMayGrow) {
  const FileSpace current{.granted_bytes = 100 * kMiB, .max_bytes = 1000 * kMiB};
  const FileSpace next{.granted_bytes = 16 * kMiB, .max_bytes = 1000 * kMiB};
  EXPECT_EQ(SpaceAhead::choose(current, 60 * kMiB, next, 40 * kMiB), Grow::kNeither);
  EXPECT_EQ(SpaceAhead::choose(current, 60 * kMiB + 1, next, 40 * kMiB), Grow::kCurrent);
  EXPECT_EQ(SpaceAhead::choose(current, 101 * kMiB, next, 40 * kMiB), Grow::kCurrent)
      << "a block that does not fit";
}

TEST(SpaceAhead, IsNotAskedForAgainWhereItWasRefused) {
  const FileSpace current{.granted_bytes = 100 * kMiB, .max_bytes = 1000 * kMiB, .refused = true};
  const FileSpace next{.granted_bytes = 16 * kMiB, .max_bytes = 1000 * kMiB};
  EXPECT_EQ(SpaceAhead::choose(current, 99 * kMiB, next, 80 * kMiB), Grow::kNeither);
  const FileSpace whole{.granted_bytes = 100 * kMiB, .max_bytes = 100 * kMiB};
  const FileSpace refused{.granted_bytes = 16 * kMiB, .max_bytes = 1000 * kMiB, .refused = true};
  EXPECT_EQ(SpaceAhead::choose(whole, 99 * kMiB, refused, 80 * kMiB), Grow::kNeither);
}

TEST(SpaceAhead, IsAskedForInTheNextFileWhereTheCurrentOneIsSoonFull) {
  const FileSpace whole{.granted_bytes = 100 * kMiB, .max_bytes = 100 * kMiB};
  const FileSpace next{.granted_bytes = 16 * kMiB, .max_bytes = 100 * kMiB};
  EXPECT_EQ(SpaceAhead::choose(whole, 36 * kMiB, next, 80 * kMiB), Grow::kNeither);
  EXPECT_EQ(SpaceAhead::choose(whole, 36 * kMiB + 1, next, 80 * kMiB), Grow::kNext);
  EXPECT_EQ(SpaceAhead::choose(whole, 99 * kMiB, {}, 80 * kMiB), Grow::kNeither) << "there is none";
  const FileSpace small{.granted_bytes = 16 * kMiB, .max_bytes = 16 * kMiB};
  EXPECT_EQ(SpaceAhead::choose(whole, 99 * kMiB, small, 80 * kMiB), Grow::kNeither) << "nor more";
}

TEST(SpaceAhead, IsNotAskedForInTheNextFileWhereFilesAreWrittenSlowly) {
  const FileSpace whole{.granted_bytes = 100 * kMiB, .max_bytes = 100 * kMiB};
  const FileSpace next{.granted_bytes = 16 * kMiB, .max_bytes = 100 * kMiB};
  EXPECT_EQ(SpaceAhead::choose(whole, 99 * kMiB, next, SpaceAhead::kLeastBytes), Grow::kNeither);
}

}  // namespace
}  // namespace ringtail::store
