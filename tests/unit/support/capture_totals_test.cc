#include "support/capture_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/capture_file.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::support {
namespace {

using testing::HasSubstr;

constexpr std::chrono::milliseconds kTolerance{1};

std::string totals_of(const CraftedCapture& crafted, std::optional<NumberRange> expected = {}) {
  const ScopedCaptureFile scoped(crafted.bytes());
  CaptureTotals totals(kTolerance);
  totals.add_file(scoped.path());
  std::ostringstream out;
  totals.print(out, expected);
  totals.print_gaps(out, expected);
  return out.str();
}

TEST(CaptureTotals, CountDuplicatesCorruptForeignAndMissing) {
  CraftedCapture crafted;
  for (const std::uint64_t number : {10U, 11U, 11U, 15U}) crafted.add_frame(kNoon, number);
  auto corrupt = make_frame(12);
  corrupt.back() ^= 1;
  crafted.add_record(kNoon, corrupt, 60);
  crafted.add_record(kNoon, std::vector<std::uint8_t>(60), 60);
  EXPECT_EQ(totals_of(crafted),
            "files=1\npackets=6\nbytes=480\ncaptured_bytes=360\ndistinct=3\n"
            "duplicates=1\ntruncated=0\ncorrupt=1\nforeign=1\nfirst=10\n"
            "last=15\nmissing=3\nunexpected=0\nmissing_range=12-14\n");
}

TEST(CaptureTotals, CountMissingAtTheEndsWhenTheRangeIsGiven) {
  CraftedCapture crafted;
  for (const std::uint64_t number : {1U, 2U, 9U}) crafted.add_frame(kNoon, number);
  const auto totals = totals_of(crafted, NumberRange{0, 4});
  EXPECT_THAT(totals, HasSubstr("missing=3\nunexpected=1\n"));
  EXPECT_THAT(totals, HasSubstr("missing_range=0-0\nmissing_range=3-4\n"));
}

TEST(CaptureTotals, OfAnEmptyFileMissAllThatWasExpected) {
  const auto totals = totals_of(CraftedCapture{}, NumberRange{0, 99});
  EXPECT_THAT(totals, HasSubstr("packets=0\n"));
  EXPECT_THAT(totals, HasSubstr("missing=100\n"));
}

TEST(CaptureTotals, TolerateATimeThatStepsBackALittleOnly) {
  CraftedCapture little;
  little.add_frame(kNoon, 1);
  little.add_frame(kNoon - 1'000'000, 2);
  EXPECT_NO_THROW((void)totals_of(little));

  CraftedCapture much;  // each step is small, but the last is far behind the latest
  much.add_frame(kNoon, 1);
  much.add_frame(kNoon - 900'000, 2);
  much.add_frame(kNoon - 1'000'001, 3);
  EXPECT_THROW((void)totals_of(much), MalformedCapture);
}

}  // namespace
}  // namespace ringtail::support
