#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "metrics/snapshot_collectable.h"
#include "metrics/text_format.h"

namespace ringtail::metrics {
namespace {

using namespace std::chrono_literals;
using capture::RecordingState;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const capture::Snapshot& snapshot) {
  return to_text(SnapshotCollectable([&] { return snapshot; }, {}));
}

capture::RecorderSnapshot recorder(unsigned worker, RecordingState state) {
  return {.capture = "web", .interface = "eth0", .worker = worker, .condition = {state, ""}};
}

TEST(RecorderFamilies, TellHowFullTheRingIsAndWas) {
  capture::RecorderSnapshot full = recorder(0, RecordingState::kRecording);
  full.ring = {.block_bytes = 1U << 20, .blocks = 8, .in_use = 2, .peak = 6};
  const std::string text = text_of({.recorders = {full}});
  for (const char* line :
       {"ringtail_ring_size_bytes{interface=\"eth0\",capture=\"web\",worker=\"0\"} 8388608\n",
        "ringtail_ring_used_bytes{interface=\"eth0\",capture=\"web\",worker=\"0\"} 2097152\n",
        "ringtail_ring_used_ratio{interface=\"eth0\",capture=\"web\",worker=\"0\"} 0.25\n",
        "ringtail_ring_used_peak_ratio{interface=\"eth0\",capture=\"web\",worker=\"0\"} 0.75\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(RecorderFamilies, LeaveOutARingThatIsBeingReplaced) {
  const std::string text = text_of({.recorders = {recorder(0, RecordingState::kRecording)}});
  EXPECT_THAT(text, Not(HasSubstr("ringtail_ring_used")));
  EXPECT_THAT(text, HasSubstr("reason=\"timeout\"} 0\n"));
}

TEST(CaptureFamilies, TellTheStateOfTheWorstWorker) {
  const std::string text = text_of({.recorders = {recorder(0, RecordingState::kStorageProblem),
                                                  recorder(1, RecordingState::kRecording)}});
  EXPECT_THAT(text, HasSubstr("state=\"recording\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("state=\"storage_problem\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("state=\"failed\"} 0\n"));
}

TEST(CaptureFamilies, TellHowLongWritesTookInBucketsThatAddUp) {
  capture::CaptureSnapshot web{.capture = "web"};
  web.writes = {.writes = {1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3}, .time = 1500ms, .in_flight = 4};
  const std::string text = text_of({.captures = {web}});
  for (const char* line :
       {"ringtail_write_duration_seconds_count{capture=\"web\"} 6\n",
        "ringtail_write_duration_seconds_sum{capture=\"web\"} 1.5\n",
        "ringtail_write_duration_seconds_bucket{capture=\"web\",le=\"0.0001\"} 1\n",
        "ringtail_write_duration_seconds_bucket{capture=\"web\",le=\"0.0003\"} 3\n",
        "ringtail_write_duration_seconds_bucket{capture=\"web\",le=\"3\"} 3\n",
        "ringtail_write_duration_seconds_bucket{capture=\"web\",le=\"+Inf\"} 6\n",
        "ringtail_writes_in_flight{capture=\"web\"} 4\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(WorkerFamilies, TellSinceWhenAWorkerIsStuck) {
  const std::string text =
      text_of({.workers = {{.worker = 0, .last_progress = std::chrono::steady_clock::now() - 2h},
                           {.worker = 1, .last_progress = std::chrono::steady_clock::now() + 1h}}});
  EXPECT_THAT(text, HasSubstr("ringtail_worker_stuck_seconds{worker=\"0\"} 7200"));
  EXPECT_THAT(text, HasSubstr("ringtail_worker_stuck_seconds{worker=\"1\"} 0\n"));
}

TEST(StorageFamilies, TellWhyFilesWereRemoved) {
  const std::string text = text_of({.storage = {.removed_files = {1, 2, 3, 4, 5, 6, 7}}});
  int files = 0;
  for (const char* reason : {"keep_size", "keep_age", "keep_files", "max_size", "min_free",
                             "disk_full", "too_many_files"})
    EXPECT_THAT(text, HasSubstr("ringtail_removed_files_total{reason=\"" + std::string(reason) +
                                "\"} " + std::to_string(++files) + "\n"));
}

TEST(StorageFamilies, LeaveOutADiskThatIsNotKnown) {
  EXPECT_THAT(text_of({}), Not(HasSubstr("ringtail_storage_disk")));
  EXPECT_THAT(text_of({.storage = {.min_free_bytes = 5, .disk_size_bytes = 100}}),
              HasSubstr("\nringtail_storage_disk_free_bytes 0\n"));
}

TEST(InterfaceFamilies, TellWhatTheKernelCounts) {
  const std::string text =
      text_of({.interfaces = {{.interface = "eth0",
                               .up = true,
                               .counters = {{"rx_packets", 18446744073709}, {"collisions", 3}}},
                              {.interface = "eth1"}}});
  EXPECT_THAT(text, HasSubstr("ringtail_interface_up{interface=\"eth0\"} 1\n"));
  EXPECT_THAT(
      text, HasSubstr("ringtail_interface_rx_packets_total{interface=\"eth0\"} 18446744073709\n"));
  EXPECT_THAT(text, HasSubstr("ringtail_interface_up{interface=\"eth1\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("total{interface=\"eth1\"}")));
}

TEST(ProcessFamilies, UseTheNamesOfPrometheusOwnLibraries) {
  const std::string text = text_of({});
  for (const char* name :
       {"process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_open_fds ",
        "process_max_fds ", "process_virtual_memory_bytes ", "process_start_time_seconds "})
    EXPECT_THAT(text, HasSubstr("\n" + std::string(name)));
}

}  // namespace
}  // namespace ringtail::metrics
