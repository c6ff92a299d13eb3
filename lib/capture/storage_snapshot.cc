#include "capture/storage_snapshot.h"

#include <atomic>

namespace ringtail::capture {
namespace {

constexpr auto kUnordered = std::memory_order_relaxed;

}  // namespace

StorageSnapshot storage_snapshot(const store::Storage& storage) {
  const store::StorageUsage& usage = storage.storage_usage();
  const store::RecoveryTotals& recovery = storage.recovery();
  StorageSnapshot snapshot{.budget_bytes = usage.budget_bytes.load(kUnordered),
                           .used_bytes = usage.used_bytes.load(kUnordered),
                           .min_free_bytes = usage.min_free_bytes.load(kUnordered),
                           .disk_size_bytes = usage.disk_size_bytes.load(kUnordered),
                           .disk_free_bytes = usage.disk_free_bytes.load(kUnordered),
                           .recovered_files = recovery.recovered_files.load(kUnordered),
                           .recovery_cut_bytes = recovery.cut_bytes.load(kUnordered)};
  for (std::size_t reason = 0; reason < store::kRemovalReasonCount; ++reason)
    snapshot.removed_files[reason] = usage.removed_files[reason].load(kUnordered);
  return snapshot;
}

CaptureSnapshot capture_snapshot(const store::CaptureUsage& usage) {
  CaptureSnapshot snapshot{.capture = usage.capture,
                           .storage_used_bytes = usage.used_bytes.load(kUnordered),
                           .storage_limit_bytes = usage.limit_bytes.load(kUnordered),
                           .write_mode = std::string(name_of(usage.write_mode.load(kUnordered))),
                           .opened_files = usage.opened_files.load(kUnordered),
                           .closed_files = usage.closed_files.load(kUnordered)};
  const std::int64_t oldest = usage.oldest_microseconds.load(kUnordered);
  if (oldest != 0) snapshot.oldest_packet_timestamp_seconds = static_cast<double>(oldest) / 1e6;
  return snapshot;
}

}  // namespace ringtail::capture
