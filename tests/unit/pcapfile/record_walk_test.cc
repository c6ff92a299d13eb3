#include "pcapfile/record_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "unit/support/crafted_capture.h"

namespace ringtail::pcapfile {
namespace {

using support::CraftedCapture;
using Bytes = std::vector<std::uint8_t>;
using std::chrono::nanoseconds;

constexpr std::int64_t kFirstTime = 1'700'000'000'123'456'000;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Crafted {
  Bytes bytes;
  std::vector<std::size_t> record_ends;  // the file header's end is the first
};

Crafted three_records(const CraftedCapture::Format& format = {}) {
  CraftedCapture capture(format);
  Crafted crafted{.bytes = {}, .record_ends = {capture.bytes().size()}};
  std::int64_t time = kFirstTime;
  for (const std::size_t size : {60U, 0U, 1500U}) {
    const Bytes frame(size, 0xab);
    capture.add_record(time, frame, 1500);
    crafted.record_ends.push_back(capture.bytes().size());
    time += kSecond;
  }
  crafted.bytes = capture.bytes();
  return crafted;
}

RecordWalk walk_over(const Bytes& bytes, std::size_t chunk = SIZE_MAX) {
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

void append_word(Bytes& bytes, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes with_header(Bytes bytes, const std::array<std::uint32_t, 4>& header) {
  for (const std::uint32_t value : header) append_word(bytes, value);
  bytes.insert(bytes.end(), 64, 0xab);
  return bytes;
}

TEST(RecordWalk, CountsTheRecordsOfAWholeFileAndTheirTimes) {
  const Crafted crafted = three_records();
  const RecordWalk walk = walk_over(crafted.bytes);
  EXPECT_EQ(walk.end(), WalkEnd::kEndOfFile);
  EXPECT_EQ(walk.whole_bytes(), crafted.bytes.size());
  EXPECT_EQ(walk.packets(), 3U);
  EXPECT_EQ(walk.first_time()->time_since_epoch(), nanoseconds(kFirstTime));
  EXPECT_EQ(walk.last_time()->time_since_epoch(), nanoseconds(kFirstTime + 2 * kSecond));
}

TEST(RecordWalk, ReadsMicrosecondsWhereTheMagicSaysSo) {
  const RecordWalk walk = walk_over(three_records({.nanoseconds = false}).bytes);
  EXPECT_EQ(walk.end(), WalkEnd::kEndOfFile);
  EXPECT_EQ(walk.first_time()->time_since_epoch(), nanoseconds(kFirstTime));
}

TEST(RecordWalk, KeepsExactlyTheWholeRecordsBeforeACutAtAnyByte) {
  const Crafted crafted = three_records();
  for (std::size_t size = 0; size <= crafted.bytes.size(); ++size) {
    const RecordWalk walk = walk_over(Bytes(crafted.bytes.data(), crafted.bytes.data() + size));
    const auto above = std::ranges::upper_bound(crafted.record_ends, size);
    const bool at_a_record = above != crafted.record_ends.begin() && *(above - 1) == size;
    const std::size_t whole = above == crafted.record_ends.begin() ? 0 : *(above - 1);
    ASSERT_EQ(walk.whole_bytes(), whole) << size;
    ASSERT_EQ(walk.packets(), std::max<std::ptrdiff_t>(above - crafted.record_ends.begin(), 1) - 1);
    ASSERT_EQ(walk.end(), at_a_record ? WalkEnd::kEndOfFile : WalkEnd::kCutShort) << size;
  }
}

TEST(RecordWalk, FindsTheSameWhereverTheChunksEnd) {
  Bytes bytes = three_records().bytes;
  const std::size_t whole = bytes.size();
  bytes.resize(whole + 4096);
  for (std::size_t chunk = 1; chunk <= whole; ++chunk) {
    const RecordWalk walk = walk_over(bytes, chunk);
    ASSERT_EQ(walk.whole_bytes(), whole) << chunk;
    ASSERT_EQ(walk.end(), WalkEnd::kZeroHeader) << chunk;
  }
}

TEST(RecordWalk, EndsAtTheFirstZeroHeaderWhateverComesBehindIt) {
  const Crafted crafted = three_records();
  for (const std::size_t end : crafted.record_ends) {
    Bytes bytes = crafted.bytes;
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(end), 4096, 0);
    const RecordWalk walk = walk_over(bytes);
    EXPECT_EQ(walk.end(), WalkEnd::kZeroHeader);
    EXPECT_EQ(walk.whole_bytes(), end);
  }
  EXPECT_EQ(walk_over(with_header(crafted.bytes, {0, 5, 0, 0})).end(), WalkEnd::kZeroHeader);
}

TEST(RecordWalk, TakesAPacketOf1970ThatHasALength) {
  const Bytes bytes = three_records().bytes;
  EXPECT_EQ(walk_over(with_header(bytes, {0, 5, 64, 64})).packets(), 4U);
  EXPECT_EQ(walk_over(with_header(bytes, {0, 5, 0, 64})).packets(), 4U);
}

TEST(RecordWalk, EndsAtAHeaderThatNoPacketOfTheFileCanHave) {
  const Crafted nano = three_records({.snaplen = 1500});
  const Crafted micro = three_records({.nanoseconds = false, .snaplen = 1500});
  const struct {
    const Crafted& file;
    std::array<std::uint32_t, 4> header;
    bool bad;
  } cases[] = {
      {nano, {1, 999'999'999, 64, 64}, false},
      {nano, {1, 1'000'000'000, 64, 64}, true},
      {micro, {1, 999'999, 64, 64}, false},
      {micro, {1, 1'000'000, 64, 64}, true},
      {nano, {1, 0, 64, 63}, true},
      {nano, {1, 0, 64, 0xffffffff}, false},
      {nano, {1, 0, 1501, 1501}, true},
      {nano, {~0U, ~0U, ~0U, ~0U}, true},
  };
  for (const auto& test : cases) {
    const RecordWalk walk = walk_over(with_header(test.file.bytes, test.header));
    EXPECT_EQ(walk.end() == WalkEnd::kBadHeader, test.bad) << testing::PrintToString(test.header);
    EXPECT_EQ(walk.whole_bytes(), test.file.bytes.size() + (test.bad ? 0 : 16 + 64));
  }
}

TEST(RecordWalk, RefusesAFileThatBeginsAsNoneOfOurs) {
  const auto refused = [](const Bytes& bytes) {
    const RecordWalk walk = walk_over(bytes);
    return walk.end() == WalkEnd::kForeign && walk.whole_bytes() == 0;
  };
  EXPECT_TRUE(refused(three_records({.big_endian = true}).bytes));
  EXPECT_TRUE(refused(three_records({.snaplen = 262145}).bytes));
  EXPECT_TRUE(refused(Bytes(100, 'x')));
  EXPECT_TRUE(refused(Bytes(10, 'x')));
  EXPECT_TRUE(refused(Bytes(1, 'x')));
  for (const std::size_t version_byte : {4U, 6U}) {
    Bytes bytes = three_records().bytes;
    ++bytes[version_byte];
    EXPECT_TRUE(refused(bytes));
  }
}

TEST(RecordWalk, TellsTheFormatByTheFirstByte) {
  EXPECT_EQ(walk_over(three_records().bytes).format(), Format::kPcap);
  EXPECT_EQ(walk_over({0x0a}).format(), Format::kPcapng);
  EXPECT_EQ(walk_over({}).end(), WalkEnd::kCutShort);
}

TEST(RecordWalk, TakesAFileOfZerosForOneThatWasNeverWritten) {
  const RecordWalk walk = walk_over(Bytes(4096, 0));
  EXPECT_EQ(walk.end(), WalkEnd::kZeroHeader);
  EXPECT_EQ(walk.whole_bytes(), 0U);
  EXPECT_EQ(walk_over(Bytes(10, 0)).end(), WalkEnd::kCutShort);
}

TEST(RecordWalk, KeepsNoMoreThanThereIsOfAnyGarbage) {
  std::mt19937 random(1);
  const Crafted crafted = three_records();
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes = crafted.bytes;
    const std::size_t from = random() % bytes.size();
    for (std::size_t at = from; at < bytes.size(); ++at) {
      bytes[at] = static_cast<std::uint8_t>(random());
    }
    const RecordWalk walk = walk_over(bytes, 1 + random() % 100);
    ASSERT_NE(walk.end(), WalkEnd::kNotYet);
    ASSERT_LE(walk.whole_bytes(), bytes.size());
    // What lies before the garbage is kept, unless the file's own header is gone.
    const auto above = std::ranges::upper_bound(crafted.record_ends, from);
    if (above != crafted.record_ends.begin()) {
      ASSERT_GE(walk.whole_bytes(), *(above - 1));
    }
  }
}

}  // namespace
}  // namespace ringtail::pcapfile
