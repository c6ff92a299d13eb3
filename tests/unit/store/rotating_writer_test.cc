#include <gtest/gtest.h>

#include <chrono>

#include "unit/store/writer_fixture.h"

namespace ringtail::store {
namespace {

constexpr std::size_t kRecordHeader = 16;

TEST_F(RotatingWriterTest, WaitsForItsFirstFile) {
  EXPECT_EQ(supply_.requested, 1);
  EXPECT_EQ(write(1, 60), Room::kWait);
  deliver();
  EXPECT_EQ(write(1, 60), Room::kReady);
  EXPECT_EQ(supply_.requested, 1) << "the next one is made ahead";
}

TEST_F(RotatingWriterTest, HandsTheFullFileBackBeforeItAsksForAnother) {
  disk_.capacity = 8;
  deliver();
  ASSERT_EQ(write(900, 1000), Room::kReady);
  deliver();
  ASSERT_EQ(write(900, 1000), Room::kReady);
  EXPECT_EQ(write(900, 1000), Room::kWait) << "for the end of the file that is full";
  EXPECT_TRUE(supply_.finished.empty());
  EXPECT_EQ(supply_.requested, 0);
  complete_everything();
  EXPECT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.requested, 0);
  EXPECT_EQ(write(900, 1000), Room::kReady);
  EXPECT_EQ(supply_.begun.size(), 2U);
  EXPECT_EQ(supply_.requested, 1);
}

TEST_F(RotatingWriterTest, TellsEachLossWithTheFileThatEndsNextAndWithNoOther) {
  const auto lost_with = [this](std::size_t file) {
    return supply_.finished.at(file).as.window.of(DropReason::kRingFull);
  };
  disk_.capacity = 8;
  deliver();
  counts_ = {.received = 100, .dropped = {3}};
  ASSERT_EQ(write(900, 1000), Room::kReady);
  disk_.complete_all();
  ASSERT_EQ(write(900, 1000), Room::kReady);
  disk_.complete_all();
  deliver();
  counts_.received = 110;
  ASSERT_EQ(write(900, 1000), Room::kWait) << "for a second file";
  complete_everything();
  ASSERT_EQ(write(900, 1000), Room::kReady);
  EXPECT_EQ(supply_.finished.at(0).as.window, (RingCounts{.received = 110, .dropped = {3}}));
  counts_ = {.received = 150, .dropped = {8}};
  writer_.finish();
  complete_everything();
  EXPECT_EQ(supply_.finished.at(1).as.window, (RingCounts{.received = 40, .dropped = {5}}));
  EXPECT_EQ(lost_with(0) + lost_with(1), 8U);
}

TEST_F(RotatingWriterTest, TellsNoLossWithAFileThatIsRemoved) {
  deliver();
  disk_.outcome = [](std::uint64_t) { return FakeDisk::Outcome{kIoError, 0}; };
  counts_ = {.received = 10, .dropped = {3}};
  ASSERT_EQ(write(100, 1000), Room::kReady);
  disk_.complete_all();
  settle();
  ASSERT_EQ(supply_.finished.at(0).as.size_bytes, 0U);
  EXPECT_EQ(supply_.finished.at(0).as.window, RingCounts{}) << "it has no sidecar to tell it";
}

TEST_F(RotatingWriterTest, DiscardsAsLongAsNoFileCanBeMade) {
  writer_.file_refused(StorageProblem::kFull);
  EXPECT_EQ(write(1, 60), Room::kDiscard);
  EXPECT_EQ(writer_.problem(), StorageProblem::kFull);
  EXPECT_TRUE(writer_.is_failing());
  deliver();
  EXPECT_EQ(write(1, 60), Room::kReady);
  EXPECT_FALSE(writer_.is_failing());
}

TEST_F(RotatingWriterTest, ReturnsTheBlockOnlyWhenItsWriteIsComplete) {
  deliver();
  ASSERT_EQ(write(100, 1000), Room::kReady);
  EXPECT_FALSE(blocks_.back().is_with_kernel());
  disk_.complete(0);
  settle();
  EXPECT_TRUE(blocks_.back().is_with_kernel());
}

TEST_F(RotatingWriterTest, ReturnsABlockThatFillsNoPageAtOnce) {
  deliver();
  ASSERT_EQ(write(1, 60), Room::kReady);
  EXPECT_EQ(disk_.pending(), 0U);
  EXPECT_TRUE(blocks_.back().is_with_kernel());
}

TEST_F(RotatingWriterTest, CountsAPacketWhenItsLastByteIsOnDisk) {
  deliver();
  ASSERT_EQ(write(5, 1000), Room::kReady);  // 24 + 5 x 1016: four end in the first page, one is cut
  EXPECT_EQ(writer_.written(), RecordMark{});
  disk_.complete(0);
  settle();
  EXPECT_EQ(writer_.written(), (RecordMark{4, kHeader + 4 * 1016}))
      << "the fifth ends in the carry";
  writer_.flush();
  disk_.complete(0);
  settle();
  EXPECT_EQ(writer_.written(), (RecordMark{5, kHeader + 5 * 1016}));
}

TEST_F(RotatingWriterTest, FlushesOnlyWhatIsOldEnough) {
  deliver();
  EXPECT_FALSE(writer_.flush_due());
  ASSERT_EQ(write(1, 60), Room::kReady);
  EXPECT_EQ(writer_.flush_due(), now_ + std::chrono::seconds(1));
  const auto first = now_;
  now_ += std::chrono::milliseconds(900);
  ASSERT_EQ(write(1, 60), Room::kReady);
  EXPECT_EQ(writer_.flush_due(), first + std::chrono::seconds(1)) << "the oldest packet counts";
  writer_.flush();
  EXPECT_FALSE(writer_.flush_due());
}

TEST_F(RotatingWriterTest, ExpectsNoFlushWhileNoneCanBeSubmitted) {
  deliver();
  ASSERT_EQ(write(100, 1000), Room::kReady);
  EXPECT_EQ(disk_.pending(), disk_.capacity);
  EXPECT_FALSE(writer_.flush_due()) << "or its worker would wake up again and again";
  disk_.complete(0);
  settle();
  EXPECT_TRUE(writer_.flush_due());
}

TEST_F(RotatingWriterTest, PadsAFlushWithZerosAndWritesThePageAgain) {
  deliver();
  ASSERT_EQ(write(1, 60), Room::kReady);
  writer_.flush();
  disk_.complete(0);
  settle();
  const auto* file = supply_.files[0].get();
  auto image = disk_.contents(file, 4096);
  EXPECT_EQ(image[kHeader + kRecordHeader], 1);
  for (std::size_t at = kHeader + kRecordHeader + 60; at < image.size(); ++at)
    ASSERT_EQ(image[at], 0);
  ASSERT_EQ(write(60, 60), Room::kReady);
  disk_.complete(0);
  settle();
  image = disk_.contents(file, 4096);
  EXPECT_EQ(image[kHeader + kRecordHeader + 60 + kRecordHeader], 2) << "the next record follows";
}

TEST_F(RotatingWriterTest, WritesNothingOverAFlushInFlight) {
  disk_.capacity = 8;
  deliver();
  ASSERT_EQ(write(1, 60), Room::kReady);
  writer_.flush();
  EXPECT_EQ(write(100, 1000), Room::kWait);
  disk_.complete(0);
  settle();
  EXPECT_EQ(write(100, 1000), Room::kReady);
}

TEST_F(RotatingWriterTest, WaitsWhileTheSinkIsFull) {
  disk_.capacity = 2;
  deliver();
  EXPECT_EQ(write(100, 1000), Room::kReady);
  EXPECT_EQ(write(100, 1000), Room::kReady);
  EXPECT_EQ(write(100, 1000), Room::kWait);
  disk_.complete(1);
  settle();
  EXPECT_EQ(write(100, 1000), Room::kReady);
}

TEST_F(RotatingWriterTest, CountsWhatCompletesAboveAHoleWhenTheHoleCloses) {
  disk_.capacity = 3;
  deliver();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(write(100, 1000), Room::kReady);
  disk_.complete(2);
  disk_.complete(1);
  settle();
  EXPECT_EQ(writer_.written(), RecordMark{});
  EXPECT_FALSE(blocks_.front().is_with_kernel());
  EXPECT_TRUE(blocks_.back().is_with_kernel());
  disk_.complete(0);
  settle();
  EXPECT_EQ(writer_.written().packets, 298U);
}

TEST_F(RotatingWriterTest, ChangesTheFileBeforeABlockThatMightNotFit) {
  disk_.capacity = 2;
  deliver();
  for (int blocks = 0; supply_.finished.empty(); ++blocks) {
    ASSERT_LT(blocks, 10);
    if (supply_.requested > 0) deliver();
    (void)write(300, 1500);
    complete_everything();
  }
  EXPECT_LE(supply_.finished[0].as.size_bytes, 2 * kMiB);
  EXPECT_GT(supply_.finished[0].as.size_bytes, kMiB);
  EXPECT_EQ(supply_.finished[0].as.packets * (1500 + kRecordHeader) + kHeader,
            supply_.finished[0].as.size_bytes);
}

TEST_F(RotatingWriterTest, WritesTheEndOfAFileBeforeTheBeginOfTheNext) {
  deliver();
  ASSERT_EQ(write(300, 1500), Room::kReady);
  complete_everything();
  deliver();
  Room room = Room::kReady;
  for (int blocks = 0; room == Room::kReady; ++blocks) {
    ASSERT_LT(blocks, 10);
    complete_everything();
    room = write(300, 1500);
  }
  EXPECT_EQ(room, Room::kWait);
  EXPECT_EQ(supply_.begun.size(), 1U);
  EXPECT_EQ(disk_.pending(), 1U) << "what was in the page";
  complete_everything();
  EXPECT_EQ(write(300, 1500), Room::kReady);
  EXPECT_EQ(supply_.begun.size(), 2U);
}

TEST_F(RotatingWriterTest, NamesAFileByItsFirstPacket) {
  deliver();
  ASSERT_EQ(write(1, 60), Room::kReady);
  ASSERT_EQ(supply_.begun.size(), 1U);
  EXPECT_EQ(supply_.begun.begin()->second, PacketTime(std::chrono::seconds(1'700'000'000)));
}

TEST_F(RotatingWriterTest, NeverWritesBeyondWhatIsGranted) {
  supply_.first_grant_bytes = kMiB / 2;
  supply_.step_bytes = kMiB / 2;
  deliver();
  EXPECT_EQ(write(200, 1000), Room::kReady);
  ASSERT_EQ(supply_.growing.size(), 1U) << "more is asked for ahead";
  disk_.complete_all();
  settle();
  EXPECT_EQ(write(300, 1000), Room::kWait);
  EXPECT_EQ(supply_.growing.size(), 1U) << "and only once";
  supply_.answer_growth(writer_);
  EXPECT_EQ(write(300, 1000), Room::kReady);
}

TEST_F(RotatingWriterTest, LetsTheNextFileGrowAheadWhereTheyAreWrittenFast) {
  constexpr std::uint64_t kFileBytes = 48 * kMiB;
  supply_.max_file_bytes = kFileBytes;
  deliver();
  ASSERT_EQ(write(600, 1500), Room::kReady);
  deliver();
  complete_everything();
  supply_.answer_growth(writer_);
  const OpenFile& current = *supply_.files[0];
  const OpenFile& next = *supply_.files[1];
  while (next.granted_bytes == supply_.first_grant_bytes) {
    ASSERT_EQ(write(600, 1500), Room::kReady);
    ASSERT_EQ(supply_.begun.size(), 1U);
    complete_everything();
    supply_.answer_growth(writer_);
  }
  EXPECT_EQ(current.granted_bytes, kFileBytes) << "which comes first";
  while (supply_.finished.empty()) {
    (void)write(600, 1500);
    complete_everything();
  }
}

TEST_F(RotatingWriterTest, LeavesTheNextFileAsItIsWhereTheyAreWrittenSlowly) {
  supply_.max_file_bytes = 48 * kMiB;
  deliver();
  ASSERT_EQ(write(600, 1500), Room::kReady);
  deliver();
  while (supply_.finished.empty()) {
    now_ += std::chrono::milliseconds(10);
    (void)write(600, 1500);
    complete_everything();
    supply_.answer_growth(writer_);
  }
  EXPECT_EQ(supply_.files[1]->granted_bytes, supply_.first_grant_bytes);
}

TEST_F(RotatingWriterTest, EndsAFileThatMayNotGrowAndGoesOnInTheNext) {
  supply_.first_grant_bytes = kMiB / 2;
  deliver();
  ASSERT_EQ(write(200, 1000), Room::kReady);
  disk_.complete_all();
  supply_.answer_growth(writer_, true);
  EXPECT_EQ(write(300, 1000), Room::kWait) << "the next file is not there yet";
  complete_everything();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.packets, 200U);
  deliver();
  EXPECT_EQ(write(300, 1000), Room::kReady);
}

TEST_F(RotatingWriterTest, FinishesWithEverythingOnDiskAndNothingLeftOver) {
  deliver();
  ASSERT_EQ(write(7, 1000), Room::kReady);
  deliver();
  writer_.finish();
  EXPECT_FALSE(writer_.idle());
  while (!writer_.idle()) {
    ASSERT_GT(disk_.pending(), 0U);
    disk_.complete_all();
    settle();
  }
  ASSERT_EQ(supply_.finished.size(), 2U) << "the file made ahead is given back as well";
  EXPECT_EQ(writer_.written(), (RecordMark{7, kHeader + 7 * 1016}));
}

TEST_F(RotatingWriterTest, GivesAFileBackThatComesTooLate) {
  writer_.finish();
  EXPECT_TRUE(writer_.idle());
  deliver();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.size_bytes, 0U);
}

}  // namespace
}  // namespace ringtail::store
