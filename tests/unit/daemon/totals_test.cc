#include "daemon/totals.h"

#include <gtest/gtest.h>

namespace ringtail::daemon {
namespace {

capture::Snapshot two_recorders() {
  return {.recorders = {{.capture = "a",
                         .received_packets = 100,
                         .written_packets = 60,
                         .written_bytes = 6000,
                         .wire_bytes = 9000,
                         .dropped_packets = {10, 0, 5, 0, 0, 1}},
                        {.capture = "b", .received_packets = 50, .written_packets = 50}},
          .captures = {{.capture = "a", .storage_used_bytes = 3 << 20}}};
}

TEST(Totals, AddUpAllRecorders) {
  const Totals totals = totals_of(two_recorders());
  EXPECT_EQ(totals.received_packets, 150U);
  EXPECT_EQ(totals.dropped(), 16U);
  EXPECT_EQ(totals.pending(), 24U);
  EXPECT_EQ(to_text(totals, 2),
            "received=150 written=110 dropped=16 ring_full=10 storage_full=0 storage_error=5 "
            "rate_limit=0 "
            "limit_reached=0 malformed=1 written_bytes=6000 files=2");
}

TEST(Totals, CountWhatIsLeftAtTheDeadlineAsLost) {
  Totals totals = totals_of(two_recorders());
  totals.count_pending_as_lost();
  EXPECT_EQ(totals.pending(), 0U);
  EXPECT_EQ(totals.dropped(), 40U);
}

TEST(StatusLine, SaysRatesSinceTheLastOneAndSumsSinceTheStart) {
  Totals before = totals_of(two_recorders());
  Totals now = before;
  now.received_packets += 2'000'000;
  now.wire_bytes += 250'000'000;
  EXPECT_EQ(status_line(before, now, 2.0),
            "1.00 Mpackets/s  1.00 Gbit/s  written 110  dropped 16  disk 3.0 MiB");
  EXPECT_EQ(status_line(now, now, 2.0),
            "0 packets/s  0 bit/s  written 110  dropped 16  disk 3.0 MiB");
}

}  // namespace
}  // namespace ringtail::daemon
