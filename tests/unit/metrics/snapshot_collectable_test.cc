#include "metrics/snapshot_collectable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "metrics/text_format.h"

namespace ringtail::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string exported(const capture::Snapshot& snapshot) {
  return to_text(SnapshotCollectable([&] { return snapshot; }, {"1.2.3", "g++", "libpcap"}));
}

capture::Snapshot one_recorder() {
  return {.recorders = {{.capture = "web",
                         .interface = "eth0",
                         .worker = 1,
                         .received_packets = 100,
                         .written_packets = 90,
                         .written_bytes = 12345678901,
                         .ring_freezes = 2,
                         .dropped_packets = {7, 0, 3, 0, 0, 0}}}};
}

TEST(SnapshotCollectable, ExportsEveryCounterOfARecorderByInterfaceCaptureAndWorker) {
  const std::string text = exported(one_recorder());
  for (const char* line : {
           "ringtail_received_packets_total{interface=\"eth0\",capture=\"web\",worker=\"1\"} 100\n",
           "ringtail_written_packets_total{interface=\"eth0\",capture=\"web\",worker=\"1\"} 90\n",
           "ringtail_written_bytes_total{interface=\"eth0\",capture=\"web\",worker=\"1\"} "
           "12345678901\n",
           "ringtail_ring_freezes_total{interface=\"eth0\",capture=\"web\",worker=\"1\"} 2\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(SnapshotCollectable, ExportsEveryDropReasonAlsoAtZero) {
  const std::string text = exported(one_recorder());
  for (const char* end : {"reason=\"ring_full\"} 7\n", "reason=\"storage_full\"} 0\n",
                          "reason=\"storage_error\"} 3\n", "reason=\"rate_limit\"} 0\n",
                          "reason=\"limit_reached\"} 0\n", "reason=\"malformed\"} 0\n"})
    EXPECT_THAT(text, HasSubstr(std::string("ringtail_dropped_packets_total{interface=\"eth0\","
                                            "capture=\"web\",worker=\"1\",") +
                                end));
}

TEST(SnapshotCollectable, ExportsTheTimeOfEachWorkerByState) {
  const std::string text = exported({.workers = {{.worker = 3,
                                                  .encoding_seconds = 1.5,
                                                  .waiting_disk_seconds = 0.25,
                                                  .idle_seconds = 86400.125}}});
  for (const char* line : {
           "ringtail_worker_seconds_total{worker=\"3\",state=\"encoding\"} 1.5\n",
           "ringtail_worker_seconds_total{worker=\"3\",state=\"waiting_disk\"} 0.25\n",
           "ringtail_worker_seconds_total{worker=\"3\",state=\"idle\"} 86400.125\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(SnapshotCollectable, ExportsWhatWasRecoveredAlsoAtZero) {
  EXPECT_THAT(exported({.storage = {.recovered_files = 3, .recovery_cut_bytes = 16777216}}),
              testing::AllOf(HasSubstr("\nringtail_recovered_files_total 3\n"),
                             HasSubstr("\nringtail_recovery_cut_bytes_total 16777216\n")));
  EXPECT_THAT(exported({}), HasSubstr("\nringtail_recovered_files_total 0\n"));
}

TEST(SnapshotCollectable, ExportsTheStorageOfEachCapture) {
  const std::string text =
      exported({.captures = {{.capture = "web",
                              .storage_used_bytes = 4096,
                              .storage_limit_bytes = 21474836480,
                              .oldest_packet_timestamp_seconds = 1700000000.5}}});
  for (const char* line : {
           "ringtail_storage_used_bytes{capture=\"web\"} 4096\n",
           "ringtail_storage_limit_bytes{capture=\"web\"} 21474836480\n",
           "ringtail_oldest_packet_timestamp_seconds{capture=\"web\"} 1700000000.5\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(SnapshotCollectable, LeavesTheOldestPacketOutWhenThereIsNone) {
  EXPECT_THAT(exported({.captures = {{.capture = "web"}}}), Not(HasSubstr("oldest_packet")));
}

TEST(SnapshotCollectable, ExportsWhatRunsAlsoWithNothingElse) {
  EXPECT_THAT(exported({}),
              testing::EndsWith("# HELP ringtail_build_info What runs; always 1.\n"
                                "# TYPE ringtail_build_info gauge\n"
                                "ringtail_build_info{version=\"1.2.3\",compiler=\"g++\","
                                "libpcap=\"libpcap\"} 1\n"));
}

TEST(SnapshotCollectable, PrintsIntegersExactlyUpToTheLastOneThatADoubleHolds) {
  for (const std::uint64_t bytes :
       {std::uint64_t{999999}, std::uint64_t{1000000}, std::uint64_t{12345678901},
        std::uint64_t{1} << 53, (std::uint64_t{1} << 53) - 1}) {
    capture::Snapshot snapshot = one_recorder();
    snapshot.recorders[0].written_bytes = bytes;
    EXPECT_THAT(exported(snapshot), HasSubstr("worker=\"1\"} " + std::to_string(bytes) + "\n"));
  }
}

TEST(SnapshotCollectable, EscapesWhatALabelMustNotHold) {
  EXPECT_THAT(exported({.captures = {{.capture = "a\"b\\c\nd"}}}),
              HasSubstr("{capture=\"a\\\"b\\\\c\\nd\"}"));
}

TEST(SnapshotCollectable, TakesAFreshSnapshotAtEachScrape) {
  int scrapes = 0;
  const SnapshotCollectable collectable(
      [&] {
        ++scrapes;
        return capture::Snapshot{};
      },
      {});
  (void)to_text(collectable);
  (void)to_text(collectable);
  EXPECT_EQ(scrapes, 2);
}

TEST(SnapshotCollectable, PassesTheSnapshotsErrorThrough) {
  const SnapshotCollectable collectable(
      []() -> capture::Snapshot { throw std::runtime_error("no snapshot"); }, {});
  EXPECT_THROW((void)to_text(collectable), std::runtime_error);
}

}  // namespace
}  // namespace ringtail::metrics
