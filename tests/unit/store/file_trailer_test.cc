#include "store/file_trailer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <string>

#include "pcapfile/record_walk.h"
#include "unit/store/writer_fixture.h"

namespace ringtail::store {
namespace {

constexpr pcapfile::FileKind kPcapng{.format = pcapfile::Format::kPcapng};

// The block's options as a reader finds them: numbers by their code, and the comment.
struct Statistics {
  std::map<std::uint16_t, std::uint64_t> numbers;
  std::string comment;
};

Statistics read_statistics(std::span<const std::uint8_t> block) {
  Statistics statistics;
  for (std::size_t at = 20; at + 4 < block.size();) {
    std::uint16_t head[2];  // code and length
    std::memcpy(head, block.data() + at, sizeof head);
    if (head[0] == 0) break;
    if (head[0] == 1)
      statistics.comment.assign(reinterpret_cast<const char*>(block.data()) + at + 4, head[1]);
    else
      std::memcpy(&statistics.numbers[head[0]], block.data() + at + 4, sizeof(std::uint64_t));
    at += 4 + (head[1] + 3U) / 4 * 4;
  }
  return statistics;
}

Statistics read_statistics(const std::vector<std::byte>& block) {
  return read_statistics({reinterpret_cast<const std::uint8_t*>(block.data()), block.size()});
}

TEST(FileTrailer, TellsEachNumberUnderItsOwnName) {
  RingCounts window{.received = 100};
  window.of(DropReason::kRingFull) = 7;
  window.of(DropReason::kRateLimit) = 5;
  const auto statistics = read_statistics(
      file_trailer(kPcapng, {1, 2}, {.packets = 88, .bytes = 9, .last = {3, 4}}, window));
  EXPECT_EQ(statistics.numbers.at(4), 100U) << "isb_ifrecv";
  EXPECT_EQ(statistics.numbers.at(5), 12U) << "isb_ifdrop";
  EXPECT_EQ(statistics.numbers.at(6), 100U) << "isb_filteraccept";
  EXPECT_EQ(statistics.numbers.at(7), 7U) << "isb_osdrop";
  EXPECT_EQ(statistics.numbers.at(8), 93U) << "isb_usrdeliv";
  EXPECT_EQ(statistics.comment, "dropped: ring_full 7, rate_limit 5");
}

TEST(FileTrailer, SaysNothingOfLossesWhereThereAreNone) {
  const auto statistics =
      read_statistics(file_trailer(kPcapng, {}, {.packets = 1}, {.received = 1}));
  EXPECT_EQ(statistics.comment, "");
  EXPECT_EQ(statistics.numbers.at(5), 0U);
}

TEST(FileTrailer, FitsWhateverWasLost) {
  RingCounts window;
  window.dropped.fill(std::numeric_limits<std::uint64_t>::max());
  EXPECT_LE(file_trailer(kPcapng, {}, {}, window).size(),
            pcapfile::max_trailer_bytes(kPcapng.format));
}

TEST(FileTrailer, OfClassicPcapIsNothing) {
  EXPECT_TRUE(file_trailer({}, {}, {.packets = 1}, {.received = 1}).empty());
  EXPECT_EQ(pcapfile::max_trailer_bytes(pcapfile::Format::kPcap), 0U);
}

class PcapngWriterTest : public RotatingWriterTest {
 protected:
  PcapngWriterTest() : RotatingWriterTest({}, pcapfile::Format::kPcapng) {}

  FakeDisk::Image image_of(std::size_t finished) {
    const auto& file = supply_.finished.at(finished);
    return disk_.contents(file.file.get(), file.as.size_bytes);
  }
  static pcapfile::RecordWalk walk_over(const FakeDisk::Image& image) {
    pcapfile::RecordWalk walk;
    walk.feed(std::as_bytes(std::span(image)));
    walk.finish();
    return walk;
  }
  // Those at the file's end; nothing if it has none.
  static Statistics statistics_in(const FakeDisk::Image& image) {
    std::uint32_t length = 0;
    std::memcpy(&length, image.data() + image.size() - sizeof length, sizeof length);
    std::uint32_t type = 0;
    std::memcpy(&type, image.data() + image.size() - length, sizeof type);
    return type == 5 ? read_statistics(std::span(image).last(length)) : Statistics{};
  }
};

TEST_F(PcapngWriterTest, EndsEachFileWithTheWindowThatItsSidecarTells) {
  deliver();
  ASSERT_EQ(write(100, 1000), Room::kReady);
  counts_ = {.received = 150, .dropped = {50}};
  writer_.finish();
  complete_everything();
  const auto image = image_of(0);
  const auto walk = walk_over(image);
  EXPECT_EQ(walk.end(), pcapfile::WalkEnd::kEndOfFile);
  EXPECT_EQ(walk.packets(), 100U);
  EXPECT_EQ(supply_.finished.at(0).as.packets, 100U);
  EXPECT_EQ(supply_.finished.at(0).as.window, counts_);
  const auto statistics = statistics_in(image);
  EXPECT_EQ(statistics.numbers.at(4), 150U);
  EXPECT_EQ(statistics.numbers.at(5), 50U);
  EXPECT_EQ(writer_.written().bytes, image.size());
}

TEST_F(PcapngWriterTest, EndsAFileAcrossEachPageBoundary) {
  const std::size_t header = pcapfile::file_header(shape_, 1).bytes.size();
  for (std::size_t left = 0; left <= 600; left += 4) {
    // The records fill the first page but for `left` bytes.
    SCOPED_TRACE(left);
    deliver();
    ASSERT_EQ(write(1, 4096 - header - 44 - left), Room::kReady);
    const std::size_t file = supply_.finished.size();
    ++packet_time_;
    writer_.set_file_header(pcapfile::file_header(shape_, 1, {.os = "another"}));
    writer_.set_file_header(pcapfile::file_header(shape_, 1));
    complete_everything();
    const auto walk = walk_over(image_of(file));
    EXPECT_EQ(walk.end(), pcapfile::WalkEnd::kEndOfFile);
    EXPECT_EQ(walk.packets(), 1U);
    EXPECT_EQ(statistics_in(image_of(file)).numbers.size(), 7U);
  }
}

TEST_F(PcapngWriterTest, NeverExceedsTheSizeWithWhatAFileEndsWith) {
  disk_.capacity = 8;
  std::mt19937 random(5);
  for (int block = 0; block < 200; ++block) {
    while (write(1 + random() % 700, random() % 1000) != Room::kReady) {
      complete_everything();
      if (supply_.requested > 0) deliver();
    }
  }
  complete_everything();
  ASSERT_GT(supply_.finished.size(), 5U);
  for (std::size_t file = 0; file < supply_.finished.size(); ++file) {
    EXPECT_LE(supply_.finished[file].as.size_bytes, supply_.max_file_bytes);
    EXPECT_EQ(statistics_in(image_of(file)).numbers.size(), 7U);
  }
}

TEST_F(PcapngWriterTest, TellsLossesOnlyWhenAllOtherWritesHaveEnded) {
  disk_.capacity = 8;
  deliver();
  ASSERT_EQ(write(100, 1000), Room::kReady);
  ASSERT_EQ(write(100, 1000), Room::kReady);
  writer_.finish();
  EXPECT_EQ(disk_.pending(), 2U);
  disk_.complete(1);
  settle();
  EXPECT_EQ(disk_.pending(), 1U);
  disk_.complete(0);
  settle();
  EXPECT_EQ(disk_.pending(), 1U) << "the last write";
  disk_.complete(0);
  settle();
  EXPECT_EQ(statistics_in(image_of(0)).numbers.at(8), 200U);
}

TEST_F(PcapngWriterTest, TellsWithTheNextFileWhatOneWasToTellThatIsRemoved) {
  disk_.outcome = [](std::uint64_t write) {
    return write == 0 ? FakeDisk::Outcome{kIoError, 0} : FakeDisk::Outcome{};
  };
  deliver();
  counts_.received = 1;
  ASSERT_EQ(write(1, 100), Room::kReady);
  writer_.set_file_header(pcapfile::file_header(shape_, 1, {.os = "another"}));
  complete_everything();
  ASSERT_EQ(supply_.finished.at(0).as.size_bytes, 0U) << "its packet was to go with its end";
  EXPECT_EQ(writer_.lost_packets(StorageProblem::kError), 1U);
  counts_.of(DropReason::kStorageError) = 1;
  deliver();
  counts_.received = 3;
  ASSERT_EQ(write(2, 100), Room::kReady);
  writer_.finish();
  complete_everything();
  EXPECT_EQ(supply_.finished.at(1).as.packets, 2U);
  EXPECT_EQ(supply_.finished.at(1).as.window, counts_);
  EXPECT_EQ(statistics_in(image_of(1)).numbers.at(4), 3U);
}

class FailingPcapngWriterTest : public PcapngWriterTest,
                                public testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(EachWrite, FailingPcapngWriterTest, testing::Range<std::uint64_t>(0, 3));

// Two blocks and what the file ends with.
TEST_P(FailingPcapngWriterTest, CutsTheFileBehindItsRecordsAndTellsTheLossOnce) {
  disk_.capacity = 8;
  disk_.outcome = [](std::uint64_t write) {
    return write == GetParam() ? FakeDisk::Outcome{kIoError, 0} : FakeDisk::Outcome{};
  };
  deliver();
  counts_ = {.received = 200};
  ASSERT_EQ(write(100, 1000), Room::kReady);
  ASSERT_EQ(write(100, 1000), Room::kReady);
  writer_.finish();
  complete_everything();
  const FinishedFile& finished = supply_.finished.at(0).as;
  EXPECT_EQ(finished.packets + writer_.lost_packets(StorageProblem::kError), 200U);
  EXPECT_EQ(finished.window.received, GetParam() == 0 ? 0U : 200U) << "none of a file that goes";
  const auto walk = walk_over(image_of(0));
  EXPECT_EQ(walk.packets(), finished.packets);
  EXPECT_EQ(walk.whole_bytes(), finished.size_bytes);
  if (finished.packets > 0) {
    EXPECT_TRUE(statistics_in(image_of(0)).numbers.empty());
  }
}

}  // namespace
}  // namespace ringtail::store
