#include "store/file_interval.h"

#include <gtest/gtest.h>

#include <chrono>

#include "unit/store/writer_fixture.h"

namespace ringtail::store {
namespace {

using namespace std::chrono_literals;

constexpr PacketTime kMidnight{1'700'006'400s};  // 2023-11-15
const FileInterval::Clock::time_point kNow{5h};

TEST(FileInterval, EndsAtTheNextMultipleOfItsLength) {
  const FileInterval minute(60s, kMidnight + 12s, kNow);
  EXPECT_FALSE(minute.ends_before(kMidnight + 59'999'999'999ns, kNow));
  EXPECT_TRUE(minute.ends_before(kMidnight + 60s, kNow));
  EXPECT_EQ(minute.over_at(), kNow + 48s + FileInterval::kLateness);
  const FileInterval day(24h, kMidnight, kNow);
  EXPECT_FALSE(day.ends_before(kMidnight + 24h - 1ns, kNow));
  EXPECT_TRUE(day.ends_before(kMidnight + 24h, kNow));
}

TEST(FileInterval, NeverEndsWithoutALength) {
  for (const FileInterval& none : {FileInterval(), FileInterval(0s, kMidnight, kNow)}) {
    EXPECT_FALSE(none.ends_before(kMidnight + 10'000h, kNow + 10'000h));
    EXPECT_FALSE(none.ends_before(PacketTime{}, kNow + 10'000h));
    EXPECT_EQ(none.over_at(), std::nullopt);
  }
}

TEST(FileInterval, DividesABacklogByThePacketsNotByWhenItIsSeen) {
  const FileInterval second(1s, kMidnight, kNow);
  EXPECT_FALSE(second.ends_before(kMidnight + 999ms, kNow + 10s));
}

TEST(FileInterval, OutlastsAStepBackAsLongAsItWouldHaveLasted) {
  const FileInterval minute(60s, kMidnight + 12s, kNow);
  EXPECT_FALSE(minute.ends_before(kMidnight - 24h, kNow + 48s));
  EXPECT_TRUE(minute.ends_before(kMidnight - 24h, kNow + 49s));
}

class FileIntervalTest : public RotatingWriterTest {
 protected:
  FileIntervalTest() : RotatingWriterTest(10s) { deliver(); }

  // A small block that begins at this time, written at once.
  void write_at(PacketTime time, std::chrono::nanoseconds passed = 0s) {
    packet_time_ = time;
    now_ += passed;
    if (write(3, 60) == Room::kWait) {  // for the end of the file before
      complete_everything();
      ASSERT_EQ(write(3, 60), Room::kReady);
    }
    complete_everything();
    if (supply_.requested > 0) deliver();
  }
  void rest() {
    writer_.rest(now_);
    complete_everything();
  }
};

TEST_F(FileIntervalTest, TheFirstBlockBehindTheBoundaryGoesIntoTheNextFile) {
  write_at(kMidnight + 9s);
  write_at(kMidnight + 9'999ms);
  EXPECT_EQ(supply_.begun.size(), 1U);
  write_at(kMidnight + 10s);
  EXPECT_EQ(supply_.begun.size(), 2U);
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.packets, 6U);
  EXPECT_EQ(supply_.finished[0].start, kMidnight + 9s);
}

TEST_F(FileIntervalTest, AFileIsClosedWhenNoPacketComesAnyMore) {
  write_at(kMidnight + 9s);
  ASSERT_EQ(writer_.interval_over_at(), now_ + 1s + FileInterval::kLateness);
  now_ += 1s;
  rest();
  EXPECT_TRUE(supply_.finished.empty()) << "its last packets may still be in the ring";
  now_ += FileInterval::kLateness;
  rest();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.packets, 3U);
  EXPECT_EQ(writer_.written().packets, 3U) << "the carry as well";
}

TEST_F(FileIntervalTest, NoPacketMeansNoFileAndNoTimer) {
  EXPECT_EQ(writer_.interval_over_at(), std::nullopt);
  write_at(kMidnight);
  now_ += 1min;
  rest();
  EXPECT_EQ(writer_.interval_over_at(), std::nullopt);
  for (int second = 0; second < 100; ++second) {
    now_ += 1s;
    rest();
  }
  EXPECT_EQ(supply_.begun.size(), 1U);
  EXPECT_EQ(supply_.finished.size(), 1U);
}

TEST_F(FileIntervalTest, AStepForwardClosesOnce) {
  write_at(kMidnight);
  for (int blocks = 0; blocks < 5; ++blocks) write_at(kMidnight + 24h, 1s);
  EXPECT_EQ(supply_.begun.size(), 2U);
}

TEST_F(FileIntervalTest, AStepBackMakesNoStormOfFiles) {
  write_at(kMidnight + 5s);
  for (int blocks = 0; blocks < 100; ++blocks) {
    write_at(kMidnight - 24h + 200ms * blocks, 200ms);
  }
  EXPECT_LE(supply_.begun.size(), 4U) << "20 s are at most 3 intervals, and one was begun before";
  EXPECT_GE(supply_.begun.size(), 3U) << "and the old file does not go on for a day";
}

TEST_F(FileIntervalTest, SizeGoesOnChangingFilesWithinAnInterval) {
  packet_time_ = kMidnight;
  for (int blocks = 0; supply_.begun.size() < 3; ++blocks) {
    ASSERT_LT(blocks, 20);
    (void)write(300, 1500);  // or it waits for the end of the file before
    complete_everything();
    if (supply_.requested > 0) deliver();
  }
  for (const auto& finished : supply_.finished) EXPECT_LE(finished.as.size_bytes, 2 * kMiB);
}

}  // namespace
}  // namespace ringtail::store
