#include "capture/recorder_account.h"

#include <chrono>

namespace ringtail::capture {
namespace {

constexpr std::chrono::seconds kLongWait{2};

// Whether a block has been waiting for longer than a disk that works takes.
bool waits_for_disk(const RecorderCounters& counters) {
  const RingRecorder::Clock::duration since{counters.waiting_since.load(std::memory_order_relaxed)};
  const auto waited = RingRecorder::Clock::now().time_since_epoch() - since;
  return since.count() != 0 && waited > kLongWait;
}

void add(store::DropCounts& dropped, DropReason reason, std::uint64_t packets) {
  dropped[static_cast<std::size_t>(reason)] += packets;
}

// Why the recorder does not record; empty while it does.
std::string problem_of(const RecorderCounters& counters) {
  if (waits_for_disk(counters)) return "it waits for the disk";
  switch (counters.state.load(std::memory_order_relaxed)) {
    case RecorderState::kStorageFull:
      return "the storage is full";
    case RecorderState::kStorageError:
      return "the storage fails";
    case RecorderState::kRecording:
      break;
  }
  return "";
}

}  // namespace

RecorderSnapshot RecorderAccount::snapshot(const std::string& problem, const Limit* limit) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const RecorderCounters& counters = recorder_.counters();
  RecorderSnapshot snapshot;
  snapshot.capture = names_.capture;
  snapshot.interface = names_.interface;
  snapshot.worker = worker().number();
  snapshot.written_packets = counters.written_packets.load(kRelaxed);
  snapshot.written_bytes = counters.written_bytes.load(kRelaxed);
  snapshot.wire_bytes = counters.encoded_wire_bytes.load(kRelaxed);
  auto& dropped = snapshot.dropped_packets;
  add(dropped, DropReason::kStorageFull, counters.storage_full_packets.load(kRelaxed));
  add(dropped, DropReason::kStorageError, counters.storage_error_packets.load(kRelaxed));
  add(dropped, DropReason::kRateLimit, counters.rate_limit_packets.load(kRelaxed));
  add(dropped, DropReason::kLimitReached, counters.limit_reached_packets.load(kRelaxed));
  add(dropped, DropReason::kMalformed, counters.malformed_packets.load(kRelaxed));
  // The kernel's counts come last, so that received >= written + dropped.
  read_kernel_statistics();
  snapshot.received_packets = received_packets();
  snapshot.ring_freezes = ring_freezes();
  add(dropped, DropReason::kRingFull, ring_full_packets());

  snapshot.problem = problem_of(counters);
  if (snapshot.problem.empty()) snapshot.problem = problem;
  if (limit != nullptr && limit->reached()) snapshot.problem = "its limit is reached";
  snapshot.recording = snapshot.problem.empty();
  return snapshot;
}

}  // namespace ringtail::capture
