#include <gtest/gtest.h>

#include "unit/store/writer_fixture.h"

namespace ringtail::store {
namespace {

const std::error_code kDiskFull = std::make_error_code(std::errc::no_space_on_device);

TEST_F(RotatingWriterTest, CutsAFileBelowAFailedWriteAndCountsTheRestAsLost) {
  disk_.capacity = 3;
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 1 ? kIoError : std::error_code{}};
  };
  deliver();
  const PacketTime first = packet_time_;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(write(100, 1000), Room::kReady);
    packet_time_ += kSecond;
  }
  disk_.complete_all();
  settle();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.packets, 96U) << "24 whole pages";
  EXPECT_EQ(supply_.finished[0].as.last, first);
  EXPECT_EQ(supply_.finished[0].as.size_bytes, kHeader + 96 * 1016);
  EXPECT_EQ(supply_.finished[0].as.error, kIoError);
  EXPECT_EQ(writer_.written().packets, 96U);
  EXPECT_EQ(writer_.lost_packets(StorageProblem::kError), 204U);
  EXPECT_TRUE(writer_.is_failing());
}

TEST_F(RotatingWriterTest, WaitsForTheWritesInFlightBeforeItGivesAFailedFileBack) {
  disk_.capacity = 2;
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 0 ? kIoError : std::error_code{}};
  };
  deliver();
  for (int i = 0; i < 2; ++i) ASSERT_EQ(write(100, 1000), Room::kReady);
  disk_.complete(0);
  settle();
  EXPECT_TRUE(supply_.finished.empty());
  disk_.complete(0);
  settle();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.size_bytes, 0U) << "a file without a packet is removed";
  EXPECT_EQ(writer_.written(), RecordMark{});
}

TEST_F(RotatingWriterTest, AfterAFailedWriteWaitsForAFileThatWasMadeSince) {
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 0 ? kDiskFull : std::error_code{}};
  };
  deliver();
  ASSERT_EQ(write(100, 1000), Room::kReady);
  deliver();  // ahead of the failure
  disk_.complete_all();
  settle();
  EXPECT_EQ(writer_.lost_packets(StorageProblem::kFull), 100U);
  EXPECT_EQ(supply_.finished.size(), 2U) << "the one made ahead is given back, too";
  EXPECT_TRUE(writer_.is_failing());
  EXPECT_EQ(write(1, 60), Room::kWait) << "nobody has said that there is none";
  writer_.file_refused(StorageProblem::kFull);
  EXPECT_EQ(write(1, 60), Room::kDiscard);
  EXPECT_EQ(writer_.problem(), StorageProblem::kFull);
  deliver();
  EXPECT_FALSE(writer_.is_failing()) << "a write to the new file was tried";
  ASSERT_EQ(write(100, 1000), Room::kReady);
}

TEST_F(RotatingWriterTest, AWriteThatFailsInAFullFileCastsDoubtOnTheNextOneToo) {
  disk_.capacity = 3;
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 1 ? kIoError : std::error_code{}};
  };
  deliver();
  for (int i = 0; i < 2; ++i) ASSERT_EQ(write(600, 1500), Room::kReady);
  deliver();  // ahead of the failure
  EXPECT_EQ(write(600, 1500), Room::kWait) << "it is full, and its end is on its way";
  EXPECT_TRUE(supply_.finished.empty());
  disk_.complete_all();
  settle();
  EXPECT_EQ(supply_.finished.size(), 2U) << "the one made ahead is given back, too";
  EXPECT_TRUE(writer_.is_failing());
  deliver();
  EXPECT_FALSE(writer_.is_failing());
  ASSERT_EQ(write(600, 1500), Room::kReady);
}

TEST_F(RotatingWriterTest, AFailedFlushLosesOnlyWhatIsInThePage) {
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 1 ? kIoError : std::error_code{}};
  };
  deliver();
  ASSERT_EQ(write(5, 1000), Room::kReady);
  disk_.complete(0);
  settle();
  writer_.flush();
  disk_.complete(0);
  settle();
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.packets, 4U);
  EXPECT_EQ(writer_.lost_packets(StorageProblem::kError), 1U);
}

TEST_F(RotatingWriterTest, NoCounterGoesBackWhenAFlushedPageCannotBeWrittenAgain) {
  disk_.outcome = [](std::uint64_t n) {
    return FakeDisk::Outcome{n == 1 ? kIoError : std::error_code{}, 0};
  };
  deliver();
  ASSERT_EQ(write(2, 1000), Room::kReady);
  writer_.flush();
  disk_.complete(0);
  settle();
  EXPECT_EQ(writer_.written().packets, 2U);
  ASSERT_EQ(write(100, 1000), Room::kReady);
  disk_.complete(0);
  settle();
  EXPECT_EQ(writer_.written().packets, 2U);
  ASSERT_EQ(supply_.finished.size(), 1U);
  EXPECT_EQ(supply_.finished[0].as.size_bytes, kHeader + 2 * 1016);
  EXPECT_EQ(writer_.lost_packets(StorageProblem::kError), 100U);
}

}  // namespace
}  // namespace ringtail::store
