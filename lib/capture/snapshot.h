#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the rest of the program may know of the workers: plain values, copied at one moment from
// counters that have one writer each. No lock is held and nothing in here points into a worker.
// Every member has a default so that designated initializers may name only what matters.
namespace ringtail::capture {

// The closed list of reasons for which a packet that passed the kernel filter is not on disk.
enum class DropReason : unsigned {
  kRingFull,
  kStorageFull,
  kStorageError,
  kRateLimit,
  kLimitReached,
  kMalformed,
};
inline constexpr std::size_t kDropReasonCount = 6;
static_assert(static_cast<std::size_t>(DropReason::kMalformed) + 1 == kDropReasonCount);

// The name that metrics, sidecars and messages use. It is a contract: dashboards hang on it.
constexpr std::string_view name_of(DropReason reason) {
  switch (reason) {
    case DropReason::kRingFull:
      return "ring_full";
    case DropReason::kStorageFull:
      return "storage_full";
    case DropReason::kStorageError:
      return "storage_error";
    case DropReason::kRateLimit:
      return "rate_limit";
    case DropReason::kLimitReached:
      return "limit_reached";
    case DropReason::kMalformed:
      return "malformed";
  }
  return "unknown";
}

// One capture on one interface in one worker: a ring and the file it feeds. `received` counts what
// passed the kernel filter, so received = written + dropped + still in the ring or in flight.
struct RecorderSnapshot {
  std::string capture = {};
  std::string interface = {};
  unsigned worker = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t written_packets = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t wire_bytes = 0;  // of the packets handed to the disk, as they were on the link
  std::uint64_t ring_freezes = 0;
  std::array<std::uint64_t, kDropReasonCount> dropped_packets{};  // indexed by DropReason
  bool recording = false;
  std::string problem = {};  // why it does not record; empty while it does
};

// `last_progress` is the last time the worker's loop went round, with or without packets.
struct WorkerSnapshot {
  unsigned worker = 0;
  double encoding_seconds = 0;
  double waiting_disk_seconds = 0;
  double idle_seconds = 0;
  std::chrono::steady_clock::time_point last_progress = {};
};

struct CaptureSnapshot {
  std::string capture = {};
  std::uint64_t storage_used_bytes = 0;
  std::uint64_t storage_limit_bytes = 0;
  // None before the first packet is on disk.
  std::optional<double> oldest_packet_timestamp_seconds = {};
};

struct Snapshot {
  std::vector<RecorderSnapshot> recorders = {};
  std::vector<WorkerSnapshot> workers = {};
  std::vector<CaptureSnapshot> captures = {};
  // Of what earlier runs left unfinished.
  std::uint64_t recovered_files = 0;
  std::uint64_t recovery_cut_bytes = 0;
};

}  // namespace ringtail::capture
