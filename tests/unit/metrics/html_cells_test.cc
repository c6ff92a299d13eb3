#include "metrics/html_cells.h"

#include <gtest/gtest.h>

namespace ringtail::metrics {
namespace {

using std::chrono::seconds;
using Tone = HtmlCell::Tone;

TEST(HtmlCells, RoundCountsAndKeepTheExactOne) {
  const HtmlCell cell = count_cell(1234567);
  EXPECT_EQ(cell.text, "1.23 M");
  EXPECT_EQ(cell.title, "1234567");
  EXPECT_EQ(count_cell(17).text, "17");
}

TEST(HtmlCells, AreLoudAboutLossesAlone) {
  EXPECT_EQ(loss_cell(1).tone, Tone::kAlert);
  EXPECT_EQ(loss_cell(0).tone, Tone::kQuiet);
  EXPECT_EQ(count_cell(1).tone, Tone::kPlain);
}

TEST(HtmlCells, RoundBytesAndKeepTheExactOnes) {
  EXPECT_EQ(bytes_cell(21474836481).text, "20.0 GiB");
  EXPECT_EQ(bytes_cell(21474836481).title, "21474836481 bytes");
}

TEST(HtmlCells, ShowAShareAndNoneOfNothing) {
  EXPECT_EQ(share_cell(1, 8).text, "12.5 %");
  EXPECT_EQ(share_cell(0, 0).text, "-");
}

TEST(HtmlCells, TellHowLongAgoItWasAndWhen) {
  const SystemTime then{seconds(1700000000)};
  const HtmlCell cell = ago_cell(then, then + seconds(192));
  EXPECT_EQ(cell.text, "3 min 12 s ago");
  EXPECT_EQ(cell.title, "2023-11-14 22:13:20 UTC");
}

TEST(HtmlCells, TakeATimeInTheFutureForNow) {
  EXPECT_EQ(ago_cell(SystemTime{seconds(10)}, SystemTime{seconds(5)}).text, "0 s ago");
}

}  // namespace
}  // namespace ringtail::metrics
