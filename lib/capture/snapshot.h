#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/on_close.h"
#include "store/ring_counts.h"

// What the rest of the program may know of the workers: plain values, copied at one moment from
// counters that have one writer each. No lock is held and nothing in here points into a worker.
// Every member has a default so that designated initializers may name only what matters.
namespace ringtail::capture {

using store::DropReason;
using store::kDropReasonCount;

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
  store::DropCounts dropped_packets{};
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
  std::string filter = {};  // its expression; empty: everything
  std::uint64_t storage_used_bytes = 0;
  std::uint64_t storage_limit_bytes = 0;
  // None before the first packet is on disk.
  std::optional<double> oldest_packet_timestamp_seconds = {};
};

using store::kOnCloseResultCount;
using store::OnCloseResult;

// The runs of a capture's on_close program.
struct OnCloseSnapshot {
  std::string capture = {};
  std::array<std::uint64_t, kOnCloseResultCount> runs{};  // by OnCloseResult
};

struct Snapshot {
  std::vector<RecorderSnapshot> recorders = {};
  std::vector<WorkerSnapshot> workers = {};
  std::vector<CaptureSnapshot> captures = {};
  std::vector<OnCloseSnapshot> on_close = {};  // one for each capture that has a program
  // Of what earlier runs left unfinished.
  std::uint64_t recovered_files = 0;
  std::uint64_t recovery_cut_bytes = 0;
};

}  // namespace ringtail::capture
