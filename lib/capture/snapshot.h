#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/on_close.h"
#include "store/removal.h"
#include "store/ring_counts.h"
#include "store/write_counters.h"
#include "tcpwatch/figures.h"

// What the rest of the program may know of the workers: plain values, copied at one moment from
// counters that have one writer each. No lock is held and nothing in here points into a worker.
// Every member has a default so that designated initializers may name only what matters.
namespace ringtail::capture {

using store::DropReason;
using store::kDropReasonCount;

// What a recorder does, from good to bad: where several are told as one, the worst of them counts.
enum class RecordingState : unsigned {
  kRecording,
  kEnded,                // its capture's limit is reached
  kWaitingForInterface,  // which is missing, down, or another than before
  kStorageProblem,       // no file can be had or written
  kFailed,               // its rings cannot be opened or bound
};
inline constexpr std::size_t kRecordingStateCount = 5;

// The name that metrics use. It is a contract.
constexpr std::string_view name_of(RecordingState state) {
  switch (state) {
    case RecordingState::kRecording:
      return "recording";
    case RecordingState::kEnded:
      return "ended";
    case RecordingState::kWaitingForInterface:
      return "waiting_for_interface";
    case RecordingState::kStorageProblem:
      return "storage_problem";
    case RecordingState::kFailed:
      return "failed";
  }
  return "unknown";
}

struct Condition {
  RecordingState state = RecordingState::kRecording;
  std::string problem = {};  // why it does not record; empty while it does
};

// The blocks of a ring that the kernel cannot fill, as they are retired or leased.
struct RingUse {
  std::uint64_t block_bytes = 0;
  std::uint32_t blocks = 0;  // of the ring
  std::uint32_t in_use = 0;
  std::uint32_t peak = 0;  // of the last minute
};

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
  std::uint64_t full_blocks = 0;       // taken from the ring, by why the kernel retired them
  std::uint64_t timed_out_blocks = 0;  // ditto
  std::optional<RingUse> ring = {};    // none while it is being replaced
  store::DropCounts dropped_packets{};
  Condition condition = {};

  [[nodiscard]] bool recording() const { return condition.state == RecordingState::kRecording; }
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
  std::string filter = {};  // its expression; empty: everything
  std::uint64_t storage_used_bytes = 0;
  std::uint64_t storage_limit_bytes = 0;
  // None before the first packet is on disk.
  std::optional<double> oldest_packet_timestamp_seconds = {};
  std::string write_mode = {};
  std::uint64_t opened_files = 0;
  std::uint64_t closed_files = 0;
  store::WriteCounters::Totals writes = {};
};

// Of all captures together, and of the file system that the storage directory is on.
struct StorageSnapshot {
  std::uint64_t budget_bytes = 0;
  std::uint64_t used_bytes = 0;  // of the budget; folders of captures no longer configured included
  std::uint64_t min_free_bytes = 0;
  std::uint64_t disk_size_bytes = 0;  // 0: unknown, and the two beside it
  std::uint64_t disk_free_bytes = 0;
  store::RemovalCounts removed_files{};
  std::uint64_t recovered_files = 0;  // that earlier runs left unfinished
  std::uint64_t recovery_cut_bytes = 0;
};

// A recorded interface as the kernel counts for it, packets that no capture wants included.
struct InterfaceSnapshot {
  std::string interface = {};
  bool up = false;
  std::map<std::string_view, std::uint64_t> counters = {};  // empty if there is no such interface
};

using store::kOnCloseResultCount;
using store::OnCloseResult;

// The runs of a capture's on_close program.
struct OnCloseSnapshot {
  std::string capture = {};
  std::array<std::uint64_t, kOnCloseResultCount> runs{};  // by OnCloseResult
};

using TcpKind = tcpwatch::Kind;
using TcpDirection = tcpwatch::Direction;
using TcpFigure = tcpwatch::Figure;
using tcpwatch::kDirectionCount;
using tcpwatch::kKindCount;

// The TCP watch of one interface, all workers together.
struct TcpWatchSnapshot {
  std::string interface = {};
  tcpwatch::Figures figures{};
  std::uint64_t dropped_packets = 0;  // that had one of the flags, and were not counted
  std::string problem = {};           // why it does not count; empty while it does
};

struct Snapshot {
  std::vector<RecorderSnapshot> recorders = {};
  std::vector<WorkerSnapshot> workers = {};
  std::vector<CaptureSnapshot> captures = {};
  std::vector<OnCloseSnapshot> on_close = {};  // one for each capture that has a program
  StorageSnapshot storage = {};
  std::vector<InterfaceSnapshot> interfaces = {};  // each once; `any` is none
  std::vector<TcpWatchSnapshot> tcp_watch = {};
};

}  // namespace ringtail::capture
