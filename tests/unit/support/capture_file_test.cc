#include "support/capture_file.h"

#include <gtest/gtest.h>

#include <system_error>

#include "unit/support/crafted_capture.h"

namespace ringtail::support {
namespace {

// How many records the file yields; throws when it is malformed.
std::size_t count_records(std::span<const std::uint8_t> bytes) {
  const ScopedCaptureFile scoped(bytes);
  CaptureFile file(scoped.path());
  std::size_t count = 0;
  while (file.next()) ++count;
  return count;
}

TEST(CaptureFile, ReadsBothPrecisionsInBothByteOrders) {
  for (const bool big_endian : {false, true}) {
    for (const bool nanoseconds : {false, true}) {
      CraftedCapture crafted({big_endian, nanoseconds, 65'535, 276});
      crafted.add_frame(kNoon + 123'456'789, 1);
      const ScopedCaptureFile scoped(crafted.bytes());
      CaptureFile file(scoped.path());
      const auto record = file.next();
      ASSERT_TRUE(record);
      EXPECT_EQ(record->time_ns, kNoon + (nanoseconds ? 123'456'789 : 123'456'000));
      EXPECT_EQ(record->wire_length, 60U);
      EXPECT_EQ(record->bytes.size(), 60U);
      EXPECT_EQ(file.linktype(), 276U);
      EXPECT_FALSE(file.next());
    }
  }
}

TEST(CaptureFile, CutAtAnyByteWithinARecordIsMalformed) {
  CraftedCapture crafted;
  std::vector<std::size_t> boundaries = {crafted.bytes().size()};
  for (std::uint64_t number = 0; number < 3; ++number) {
    crafted.add_frame(kNoon, number);
    boundaries.push_back(crafted.bytes().size());
  }
  std::size_t whole = 0;
  for (std::size_t length = 0; length <= crafted.bytes().size(); ++length) {
    const auto cut = std::span(crafted.bytes()).first(length);
    if (length == boundaries[whole]) {
      EXPECT_EQ(count_records(cut), whole) << length;
      ++whole;
    } else {
      EXPECT_THROW((void)count_records(cut), MalformedCapture) << length;
    }
  }
}

TEST(CaptureFile, TrailingByteIsMalformed) {
  CraftedCapture crafted;
  crafted.add_frame(kNoon, 1);
  auto bytes = crafted.bytes();
  bytes.push_back(0);
  EXPECT_THROW((void)count_records(bytes), MalformedCapture);
}

TEST(CaptureFile, ZeroedTailIsMalformedAndNoPhantomPackets) {
  CraftedCapture crafted;
  crafted.add_frame(kNoon, 1);
  auto bytes = crafted.bytes();
  bytes.resize(bytes.size() + 4096);
  EXPECT_THROW((void)count_records(bytes), MalformedCapture);
}

TEST(CaptureFile, RecordsThatNoRecorderShouldWriteAreMalformed) {
  const std::vector<std::uint8_t> bytes(100, 1);
  const CraftedCapture::Format small_snaplen{false, true, 99, 1};
  CraftedCapture over_snaplen(small_snaplen);
  over_snaplen.add_record(kNoon, bytes, 100);
  EXPECT_THROW((void)count_records(over_snaplen.bytes()), MalformedCapture);

  CraftedCapture over_length;
  over_length.add_record(kNoon, bytes, 99);
  EXPECT_THROW((void)count_records(over_length.bytes()), MalformedCapture);

  CraftedCapture over_second;
  for (const std::uint32_t word : {1U, 1'000'000'000U, 0U, 60U}) over_second.add_word(word);
  EXPECT_THROW((void)count_records(over_second.bytes()), MalformedCapture);

  const std::vector<std::uint8_t> huge(262'145);
  CraftedCapture over_readers({false, true, 300'000, 1});
  over_readers.add_record(kNoon, huge, 262'145);
  EXPECT_THROW((void)count_records(over_readers.bytes()), MalformedCapture);
}

TEST(CaptureFile, WrongHeaderFieldsAreMalformed) {
  const CraftedCapture good;
  for (const std::size_t at : {0U, 4U, 6U, 8U, 12U, 23U}) {
    auto bytes = good.bytes();
    bytes[at] ^= 0x40;
    EXPECT_THROW((void)count_records(bytes), MalformedCapture) << at;
  }
  EXPECT_THROW((void)count_records(CraftedCapture({false, true, 0, 1}).bytes()), MalformedCapture);
}

TEST(CaptureFile, MissingFileIsNamed) {
  try {
    CaptureFile file("/nonexistent/file.pcap");
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent/file.pcap"), std::string::npos);
  }
}

}  // namespace
}  // namespace ringtail::support
