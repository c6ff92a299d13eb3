#include "metrics/storage_families.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ringtail::metrics {
namespace {

using capture::CaptureSnapshot;
using capture::Snapshot;
using capture::StorageSnapshot;
using prometheus::MetricFamily;

MetricFamily of_captures(const Snapshot& snapshot, MetricFamily family,
                         std::uint64_t CaptureSnapshot::*value) {
  for (const CaptureSnapshot& capture : snapshot.captures)
    add(family, {{"capture", capture.capture}}, static_cast<double>(capture.*value));
  return family;
}

MetricFamily of_all(MetricFamily family, std::uint64_t value) {
  add(family, {}, static_cast<double>(value));
  return family;
}

MetricFamily oldest_packet(const Snapshot& snapshot) {
  MetricFamily family =
      gauge("ringtail_oldest_packet_timestamp_seconds", "Unix time of the oldest packet on disk.");
  for (const CaptureSnapshot& capture : snapshot.captures) {
    if (capture.oldest_packet_timestamp_seconds)
      add(family, {{"capture", capture.capture}}, *capture.oldest_packet_timestamp_seconds);
  }
  return family;
}

MetricFamily write_modes(const Snapshot& snapshot) {
  MetricFamily family =
      gauge("ringtail_storage_write_mode_info", "How the capture's files are written; always 1.");
  for (const CaptureSnapshot& capture : snapshot.captures)
    add(family, {{"capture", capture.capture}, {"mode", capture.write_mode}}, 1);
  return family;
}

MetricFamily removed_files(const StorageSnapshot& storage) {
  MetricFamily family =
      counter("ringtail_removed_files_total", "Closed files that were deleted, by why.");
  for (std::size_t reason = 0; reason < store::kRemovalReasonCount; ++reason) {
    add(family, {{"reason", std::string(name_of(static_cast<store::RemovalReason>(reason)))}},
        static_cast<double>(storage.removed_files[reason]));
  }
  return family;
}

void add_disk(Families& families, const StorageSnapshot& storage) {
  if (storage.disk_size_bytes == 0) return;
  families.push_back(of_all(gauge("ringtail_storage_disk_size_bytes",
                                  "Size of the file system of the storage directory."),
                            storage.disk_size_bytes));
  families.push_back(of_all(
      gauge("ringtail_storage_disk_free_bytes", "Of these, what an ordinary user may still take."),
      storage.disk_free_bytes));
  families.push_back(of_all(gauge("ringtail_storage_min_free_bytes",
                                  "Of these, what recording leaves free (storage.min_free)."),
                            storage.min_free_bytes));
}

}  // namespace

void add_storage_families(Families& families, const Snapshot& snapshot) {
  const StorageSnapshot& storage = snapshot.storage;
  families.push_back(of_captures(
      snapshot, gauge("ringtail_storage_used_bytes", "Disk that the capture's files take."),
      &CaptureSnapshot::storage_used_bytes));
  families.push_back(of_captures(
      snapshot, gauge("ringtail_storage_limit_bytes", "Disk that the capture's files may take."),
      &CaptureSnapshot::storage_limit_bytes));
  families.push_back(oldest_packet(snapshot));
  families.push_back(of_all(gauge("ringtail_storage_budget_used_bytes",
                                  "Disk that all files take, those of captures that are no longer "
                                  "configured included."),
                            storage.used_bytes));
  families.push_back(of_all(
      gauge("ringtail_storage_budget_bytes", "Disk that all files may take (storage.max_size)."),
      storage.budget_bytes));
  add_disk(families, storage);
  families.push_back(write_modes(snapshot));
  families.push_back(of_captures(
      snapshot, counter("ringtail_opened_files_total", "Files begun, with their first packet."),
      &CaptureSnapshot::opened_files));
  families.push_back(of_captures(
      snapshot,
      counter("ringtail_closed_files_total", "Files completed and durable under their final name."),
      &CaptureSnapshot::closed_files));
  families.push_back(removed_files(storage));
  families.push_back(
      of_all(counter("ringtail_recovered_files_total",
                     "Files finished that an earlier run was writing when it was killed."),
             storage.recovered_files));
  families.push_back(
      of_all(counter("ringtail_recovery_cut_bytes_total",
                     "Bytes behind the last whole packet of such files, unwritten space included."),
             storage.recovery_cut_bytes));
}

}  // namespace ringtail::metrics
