#include "metrics/snapshot_collectable.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "metrics/family.h"
#include "metrics/tcp_watch_families.h"

namespace ringtail::metrics {
namespace {

using capture::CaptureSnapshot;
using capture::RecorderSnapshot;
using capture::Snapshot;
using prometheus::MetricFamily;

Labels labels_of(const RecorderSnapshot& recorder) {
  return {{"interface", recorder.interface},
          {"capture", recorder.capture},
          {"worker", std::to_string(recorder.worker)}};
}

MetricFamily recorder_counter(const Snapshot& snapshot, std::string name, std::string help,
                              std::uint64_t RecorderSnapshot::*member) {
  MetricFamily result = counter(std::move(name), std::move(help));
  for (const RecorderSnapshot& recorder : snapshot.recorders)
    add(result, labels_of(recorder), static_cast<double>(recorder.*member));
  return result;
}

MetricFamily dropped_packets(const Snapshot& snapshot) {
  MetricFamily result =
      counter("ringtail_dropped_packets_total",
              "Packets that passed the kernel filter and are not on disk, by reason.");
  for (const RecorderSnapshot& recorder : snapshot.recorders) {
    for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason) {
      Labels labels = labels_of(recorder);
      labels.push_back({"reason", std::string(name_of(static_cast<capture::DropReason>(reason)))});
      add(result, std::move(labels), static_cast<double>(recorder.dropped_packets[reason]));
    }
  }
  return result;
}

MetricFamily worker_seconds(const Snapshot& snapshot) {
  MetricFamily result =
      counter("ringtail_worker_seconds_total", "Time of each worker, by what it spent it on.");
  for (const capture::WorkerSnapshot& worker : snapshot.workers) {
    const std::string number = std::to_string(worker.worker);
    add(result, {{"worker", number}, {"state", "encoding"}}, worker.encoding_seconds);
    add(result, {{"worker", number}, {"state", "waiting_disk"}}, worker.waiting_disk_seconds);
    add(result, {{"worker", number}, {"state", "idle"}}, worker.idle_seconds);
  }
  return result;
}

MetricFamily storage_bytes(const Snapshot& snapshot, std::string name, std::string help,
                           std::uint64_t CaptureSnapshot::*bytes) {
  MetricFamily result = gauge(std::move(name), std::move(help));
  for (const CaptureSnapshot& capture : snapshot.captures)
    add(result, {{"capture", capture.capture}}, static_cast<double>(capture.*bytes));
  return result;
}

MetricFamily oldest_packet(const Snapshot& snapshot) {
  MetricFamily result =
      gauge("ringtail_oldest_packet_timestamp_seconds", "Unix time of the oldest packet on disk.");
  for (const CaptureSnapshot& capture : snapshot.captures) {
    if (capture.oldest_packet_timestamp_seconds)
      add(result, {{"capture", capture.capture}}, *capture.oldest_packet_timestamp_seconds);
  }
  return result;
}

MetricFamily on_close_runs(const Snapshot& snapshot) {
  MetricFamily result = counter("ringtail_on_close_runs_total",
                                "Closed files by what became of their capture's on_close program.");
  for (const capture::OnCloseSnapshot& on_close : snapshot.on_close) {
    for (std::size_t end = 0; end < capture::kOnCloseResultCount; ++end)
      add(result,
          {{"capture", on_close.capture},
           {"result", std::string(name_of(static_cast<capture::OnCloseResult>(end)))}},
          static_cast<double>(on_close.runs[end]));
  }
  return result;
}

MetricFamily total(std::string name, std::string help, std::uint64_t value) {
  MetricFamily result = counter(std::move(name), std::move(help));
  add(result, {}, static_cast<double>(value));
  return result;
}

MetricFamily build_info(const std::string& version) {
  MetricFamily result = gauge("ringtail_build_info", "The version that runs; always 1.");
  add(result, {{"version", version}}, 1);
  return result;
}

}  // namespace

SnapshotCollectable::SnapshotCollectable(TakeSnapshot take_snapshot, std::string version)
    : take_snapshot_(std::move(take_snapshot)), version_(std::move(version)) {}

std::vector<MetricFamily> SnapshotCollectable::Collect() const {
  const Snapshot snapshot = take_snapshot_();
  Families families;
  families.push_back(recorder_counter(snapshot, "ringtail_received_packets_total",
                                      "Packets that passed the kernel filter.",
                                      &RecorderSnapshot::received_packets));
  families.push_back(dropped_packets(snapshot));
  families.push_back(recorder_counter(snapshot, "ringtail_written_packets_total",
                                      "Packets that are on disk to their last byte.",
                                      &RecorderSnapshot::written_packets));
  families.push_back(recorder_counter(snapshot, "ringtail_written_bytes_total",
                                      "Bytes of capture file that are on disk.",
                                      &RecorderSnapshot::written_bytes));
  families.push_back(recorder_counter(snapshot, "ringtail_ring_freezes_total",
                                      "Times that the ring was full and the kernel froze it.",
                                      &RecorderSnapshot::ring_freezes));
  families.push_back(worker_seconds(snapshot));
  families.push_back(storage_bytes(snapshot, "ringtail_storage_used_bytes",
                                   "Disk that the capture's files take.",
                                   &CaptureSnapshot::storage_used_bytes));
  families.push_back(storage_bytes(snapshot, "ringtail_storage_limit_bytes",
                                   "Disk that the capture's files may take.",
                                   &CaptureSnapshot::storage_limit_bytes));
  families.push_back(oldest_packet(snapshot));
  families.push_back(total("ringtail_recovered_files_total",
                           "Files finished that an earlier run was writing when it was killed.",
                           snapshot.recovered_files));
  families.push_back(total("ringtail_recovery_cut_bytes_total",
                           "Bytes behind the last whole packet of such files, unwritten space "
                           "included.",
                           snapshot.recovery_cut_bytes));
  if (!snapshot.on_close.empty()) families.push_back(on_close_runs(snapshot));
  add_tcp_watch_families(families, snapshot);
  families.push_back(build_info(version_));
  return families;
}

}  // namespace ringtail::metrics
