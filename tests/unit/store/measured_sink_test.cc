#include "store/measured_sink.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/store/fake_disk.h"

namespace ringtail::store {
namespace {

using namespace std::chrono_literals;

alignas(4096) constexpr std::array<std::byte, 4096> kPage{};

WriteRequest<FakeDisk::Lease> write_of(WriteTicket ticket, const OpenFile& file,
                                       std::uint64_t offset) {
  return {.ticket = ticket, .file = &file, .offset = offset, .data = kPage, .lease = {}};
}

WriteCounters::Totals totals_of(const WriteCounters& counters) {
  WriteCounters::Totals totals;
  counters.add_to(totals);
  return totals;
}

TEST(MeasuredSink, CountsWritesThatAreInFlightAndThoseThatHaveEnded) {
  FakeDisk disk;
  disk.capacity = 2;
  MeasuredSink sink{FakeSink(disk)};
  const OpenFile file;
  sink.submit(write_of({1, 7}, file, 0));
  sink.submit(write_of({1, 8}, file, 4096));
  EXPECT_FALSE(sink.has_room());
  EXPECT_EQ(totals_of(sink.counters()).in_flight, 2U);
  disk.complete(1);
  EXPECT_EQ(sink.next_completion()->ticket.slot, 8U);
  EXPECT_FALSE(sink.next_completion());
  const auto totals = totals_of(sink.counters());
  EXPECT_EQ(totals.in_flight, 1U);
  EXPECT_EQ(totals.ended(), 1U);
  EXPECT_GT(totals.time, 0ns);
}

TEST(MeasuredSink, CountsAWriteThatFailed) {
  FakeDisk disk;
  disk.outcome = [](auto) {
    return FakeDisk::Outcome{std::make_error_code(std::errc::io_error), 0};
  };
  MeasuredSink sink{FakeSink(disk)};
  const OpenFile file;
  sink.submit(write_of({1, 7}, file, 0));
  disk.complete_all();
  EXPECT_EQ(sink.next_completion()->error, std::errc::io_error);
  EXPECT_EQ(totals_of(sink.counters()).ended(), 1U);
}

TEST(WriteCounters, PutADurationIntoTheFirstBucketThatHoldsIt) {
  WriteCounters counters;
  for (const std::chrono::nanoseconds took : {0ns, 100'000ns, 100'001ns, 3'000'000'000ns})
    counters.end(took);
  counters.end(3'000'000'001ns);
  const auto totals = totals_of(counters);
  EXPECT_EQ(totals.writes,
            (std::array<std::uint64_t, WriteCounters::kBuckets>{2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(totals.time, 6'000'200'002ns);
}

TEST(WriteCounters, OfSeveralWritersAddUp) {
  WriteCounters left;
  WriteCounters right;
  left.begin();
  right.begin();
  right.end(1ms);
  WriteCounters::Totals totals;
  left.add_to(totals);
  right.add_to(totals);
  EXPECT_EQ(totals.ended(), 1U);
  EXPECT_EQ(totals.in_flight, 1U);
}

}  // namespace
}  // namespace ringtail::store
