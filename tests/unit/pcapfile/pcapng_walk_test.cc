#include "pcapfile/pcapng_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "pcapfile/record_walk.h"
#include "unit/pcapfile/encoding.h"

namespace ringtail::pcapfile {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr RecordShape kPcapngShape{LinkHeader::kEthernet, Precision::kNano, 1500, Format::kPcapng};

Bytes bytes_of(const std::vector<std::byte>& from) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(from.data());
  return {first, first + from.size()};
}

void append(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void put_word(Bytes& bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

support::CraftedPacket packet_of(std::size_t size, std::uint32_t second) {
  return {.bytes = Bytes(size, 0xab),
          .wire_length = 1500,
          .seconds = 1'700'000'000 + second,
          .nanoseconds = 123'456'789};
}

struct CraftedPcapng {
  Bytes bytes;
  std::vector<std::size_t> ends;  // of the file's header, of each record, of the statistics
};

CraftedPcapng three_blocks(const RecordShape& shape = kPcapngShape) {
  CraftedPcapng file{bytes_of(pcapng_header(shape, 1, {})), {}};
  file.ends.push_back(file.bytes.size());
  std::uint32_t second = 0;
  for (const std::size_t size : {61U, 0U, 1500U}) {
    append(file.bytes, expected_record(packet_of(size, second++), shape));
    file.ends.push_back(file.bytes.size());
  }
  append(file.bytes, bytes_of(statistics_block(InterfaceStatistics{}, shape.precision)));
  file.ends.push_back(file.bytes.size());
  return file;
}

RecordWalk walk_of(const Bytes& bytes, std::size_t chunk = SIZE_MAX) {
  RecordWalk walk;
  const auto all = std::as_bytes(std::span(bytes));
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t size = std::min(chunk, all.size() - at);
    walk.feed(all.subspan(at, size));
    at += size;
  }
  walk.finish();
  return walk;
}

TEST(PcapngWalk, CountsTheRecordsOfAWholeFileAndTheirTimes) {
  for (const Precision precision : {Precision::kNano, Precision::kMicro}) {
    RecordShape shape = kPcapngShape;
    shape.precision = precision;
    const CraftedPcapng file = three_blocks(shape);
    const RecordWalk walk = walk_of(file.bytes);
    EXPECT_EQ(walk.end(), WalkEnd::kEndOfFile);
    EXPECT_EQ(walk.format(), Format::kPcapng);
    EXPECT_EQ(walk.linktype(), 1U);
    EXPECT_EQ(walk.whole_bytes(), file.bytes.size()) << "the statistics stay";
    EXPECT_EQ(walk.packets(), 3U);
    const nanoseconds fraction(precision == Precision::kNano ? 123'456'789 : 123'456'000);
    EXPECT_EQ(walk.first_time()->time_since_epoch(), seconds(1'700'000'000) + fraction);
    EXPECT_EQ(walk.last_time()->time_since_epoch(), seconds(1'700'000'002) + fraction);
  }
}

TEST(PcapngWalk, KeepsExactlyTheWholeRecordsBeforeACutAtAnyByte) {
  const CraftedPcapng file = three_blocks();
  for (std::size_t size = 0; size <= file.bytes.size(); ++size) {
    const RecordWalk walk = walk_of(Bytes(file.bytes.data(), file.bytes.data() + size));
    const auto above = std::ranges::upper_bound(file.ends, size);
    const std::size_t whole = above == file.ends.begin() ? 0 : *(above - 1);
    const std::ptrdiff_t blocks = std::max<std::ptrdiff_t>(above - file.ends.begin(), 1) - 1;
    ASSERT_EQ(walk.whole_bytes(), whole) << size;
    ASSERT_EQ(walk.packets(), std::min<std::ptrdiff_t>(blocks, 3)) << size;
    const bool between = whole == size && size > 0;
    ASSERT_EQ(walk.end(), between ? WalkEnd::kEndOfFile : WalkEnd::kCutShort) << size;
  }
}

TEST(PcapngWalk, FindsTheSameWhereverTheChunksEnd) {
  Bytes bytes = three_blocks().bytes;
  const std::size_t whole = bytes.size();
  bytes.resize(whole + 4096);
  for (std::size_t chunk = 1; chunk <= whole; ++chunk) {
    const RecordWalk walk = walk_of(bytes, chunk);
    ASSERT_EQ(walk.whole_bytes(), whole) << chunk;
    ASSERT_EQ(walk.end(), WalkEnd::kZeroHeader) << chunk;
  }
}

TEST(PcapngWalk, EndsAtTheFirstZeroHeaderWhateverComesBehindIt) {
  const CraftedPcapng file = three_blocks();
  for (const std::size_t end : file.ends) {
    Bytes bytes = file.bytes;
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(end), 4096, 0);
    const RecordWalk walk = walk_of(bytes);
    EXPECT_EQ(walk.end(), WalkEnd::kZeroHeader);
    EXPECT_EQ(walk.whole_bytes(), end);
  }
}

TEST(PcapngWalk, KeepsNoRecordWhoseEndWasNeverWritten) {
  const CraftedPcapng file = three_blocks();
  for (std::size_t record = 1; record <= 3; ++record) {
    for (std::size_t at = file.ends[record - 1] + 8; at <= file.ends[record] - 4; ++at) {
      Bytes bytes = file.bytes;
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), 0);
      const RecordWalk walk = walk_of(bytes);
      ASSERT_EQ(walk.whole_bytes(), file.ends[record - 1]) << at;
      ASSERT_TRUE(walk.end() == WalkEnd::kCutShort || walk.end() == WalkEnd::kBadHeader) << at;
    }
  }
}

// What stands in one word of a record or of the statistics, from their begin.
TEST(PcapngWalk, EndsAtABlockThatNoFileOfOursCanHave) {
  const CraftedPcapng file = three_blocks();
  const std::uint32_t length = 28 + 64 + 16;  // of the first record: 61 bytes
  const struct {
    std::size_t block;
    std::size_t at;
    std::uint32_t word;
  } cases[] = {
      {0, 0, 7},           // no type of ours
      {0, 0, 0x0a0d0d0a},  // another section
      {0, 0, 1},           // another interface
      {0, 0, 0x06000000},  // the other byte order
      {0, 4, 0},           // lengths
      {0, 4, 28},
      {0, 4, length - 4},
      {0, 4, length + 4},
      {0, 4, length - 1},  // none of 4 bytes
      {0, 4, ~0U},
      {0, 8, 1},      // interface 1
      {0, 12, ~0U},   // a time behind 2106
      {0, 20, 65},    // more captured than the block holds
      {0, 20, 1501},  // than the snaplen
      {0, 20, ~0U},
      {0, 24, 60},                  // than there was
      {0, length - 4, length - 4},  // another length at the end
      {0, length - 4, ~0U},
      {3, 4, 20},
      {3, 4, 4100},
      {3, 8, 1},
  };
  for (const auto& test : cases) {
    Bytes bytes = file.bytes;
    bytes.resize(bytes.size() + 8192, 0xab);
    put_word(bytes, file.ends[test.block] + test.at, test.word);
    const RecordWalk walk = walk_of(bytes);
    EXPECT_EQ(walk.end(), WalkEnd::kBadHeader) << test.block << " " << test.at << " " << test.word;
    EXPECT_EQ(walk.whole_bytes(), file.ends[test.block]);
  }
}

TEST(PcapngWalk, RefusesAFileThatBeginsAsNoneOfOurs) {
  const CraftedPcapng file = three_blocks();
  const struct {
    std::size_t at;
    std::uint32_t word;
  } cases[] = {
      {0, 0x0a0d0d0b},
      {4, 29},
      {4, 8192},
      {8, 0x4d3c2b1a},
      {12, 2},
      {12, 0x00010001},
      {32, 6},            // no interface behind the section
      {32 + 12, 262145},  // snaplen
      {32 + 16, 0x00010008},
      {32 + 16, 0x00020009},
      {32 + 20, 3},  // resolution
  };
  for (const auto& test : cases) {
    Bytes bytes = file.bytes;
    put_word(bytes, test.at, test.word);
    const RecordWalk walk = walk_of(bytes);
    EXPECT_EQ(walk.end(), WalkEnd::kForeign) << test.at << " " << test.word;
    EXPECT_EQ(walk.whole_bytes(), 0U);
  }
  for (const Bytes& begin : {Bytes{0x0a, 0}, Bytes{0x0a, 0x0d, 'x'}, Bytes{0x0a, 0x0d, 0x0d, 'x'}})
    EXPECT_EQ(walk_of(begin).end(), WalkEnd::kForeign);
}

TEST(PcapngWalk, KeepsNoMoreThanThereIsOfAnyGarbage) {
  std::mt19937 random(1);
  const CraftedPcapng file = three_blocks();
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes = file.bytes;
    const std::size_t from = 1 + random() % (bytes.size() - 1);
    for (std::size_t at = from; at < bytes.size(); ++at)
      bytes[at] = static_cast<std::uint8_t>(random());
    const RecordWalk walk = walk_of(bytes, 1 + random() % 100);
    ASSERT_NE(walk.end(), WalkEnd::kNotYet);
    ASSERT_LE(walk.whole_bytes(), bytes.size());
    const auto above = std::ranges::upper_bound(file.ends, from);
    if (above != file.ends.begin()) {
      ASSERT_GE(walk.whole_bytes(), *(above - 1));
    }
  }
}

}  // namespace
}  // namespace ringtail::pcapfile
