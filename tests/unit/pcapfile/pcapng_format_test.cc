#include "pcapfile/pcapng_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "pcapfile/file_header.h"
#include "pcapfile/pcap_format.h"
#include "pcapfile/record_walk.h"

namespace ringtail::pcapfile {
namespace {

constexpr RecordShape kShape{LinkHeader::kEthernet, Precision::kNano, kMaxSnaplen, Format::kPcapng};

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_whole_header(const std::vector<std::byte>& header) {
  RecordWalk walk;
  walk.feed(header);
  walk.finish();
  return walk.end() == WalkEnd::kEndOfFile && walk.whole_bytes() == header.size();
}

TEST(PcapngFormat, LeavesRoomForARecordBehindTheLongestHeader) {
  const std::string endless(100'000, 'x');
  FileOrigin origin{endless, endless, endless, endless, endless, endless};
  const auto header = pcapng_header(kShape, 1, origin);
  EXPECT_LE(header.size(), kMaxPcapngHeaderBytes);
  EXPECT_EQ(header.size() % 4, 0U);
  EXPECT_TRUE(is_whole_header(header));
}

TEST(PcapngFormat, CutsATextThatIsTooLongBetweenCharactersAndMarksIt) {
  FileOrigin origin;
  for (const std::size_t bytes : {128U, 129U, 130U, 131U, 132U}) {
    origin.os = std::string(bytes - 128, '!');
    for (int i = 0; i < 64; ++i) origin.os += "\u00e4";
    const std::string text = text_of(pcapng_header(kShape, 1, origin));
    EXPECT_EQ(text.find(origin.os) != text.npos, bytes == 128) << bytes;
    EXPECT_EQ(text.find("\u00e4...") != text.npos, bytes != 128) << bytes;
  }
}

TEST(PcapngFormat, SaysNothingOfWhatIsNotKnown) {
  const auto header = pcapng_header(kShape, 1, {});
  EXPECT_EQ(header.size(), 24U + 4 + 4 + 24 + 4 + 4);
  EXPECT_TRUE(is_whole_header(header));
}

TEST(PcapngFormat, KeepsStatisticsWithinTheirBound) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const auto block = statistics_block({.start = {~0U, 999'999'999},
                                       .end = {~0U, 999'999'999},
                                       .received = kMost,
                                       .dropped = kMost,
                                       .filter_accepted = kMost,
                                       .os_dropped = kMost,
                                       .user_delivered = kMost,
                                       .comment = std::string(kMaxCommentBytes, 'x')},
                                      Precision::kNano);
  EXPECT_LE(block.size(), kMaxStatisticsBytes);
  EXPECT_EQ(block.size() % 4, 0U);
}

TEST(PcapngFormat, GivesBackATimeThatItWasGiven) {
  for (const RecordTime time : {RecordTime{}, RecordTime{0, 999'999'000}, RecordTime{~0U, 1'000}}) {
    for (const Precision precision : {Precision::kNano, Precision::kMicro})
      EXPECT_EQ(time_of_units(units_since_1970(time, precision), precision), time);
  }
  EXPECT_EQ(units_since_1970({1, 999'999'999}, Precision::kMicro), 1'999'999U);
}

}  // namespace
}  // namespace ringtail::pcapfile
