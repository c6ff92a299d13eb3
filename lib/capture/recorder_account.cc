#include "capture/recorder_account.h"

#include <algorithm>
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

// How the recorder does, as far as its storage is concerned.
Condition condition_of(const RecorderCounters& counters) {
  if (waits_for_disk(counters)) return {RecordingState::kStorageProblem, "it waits for the disk"};
  switch (counters.state.load(std::memory_order_relaxed)) {
    case RecorderState::kStorageFull:
      return {RecordingState::kStorageProblem, "the storage is full"};
    case RecorderState::kStorageError:
      return {RecordingState::kStorageProblem, "the storage fails"};
    case RecorderState::kRecording:
      break;
  }
  return {};
}

RingUse use_of(const ring::RxRing& ring, const RecorderCounters& counters) {
  RingUse use{.block_bytes = ring::kBlockSizeBytes, .blocks = ring.block_count()};
  use.in_use = ring.count_blocks_in_use();
  // While the worker is stuck it notes nothing.
  use.peak = std::max(counters.blocks_in_use.read(RecentPeak::Clock::now()), use.in_use);
  return use;
}

}  // namespace

RecorderSnapshot RecorderAccount::snapshot(const Condition& interface, const Limit* limit) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const RecorderCounters& counters = recorder_.counters();
  RecorderSnapshot snapshot;
  snapshot.capture = names_.capture;
  snapshot.interface = names_.interface;
  snapshot.worker = worker().number();
  snapshot.written_packets = counters.written_packets.load(kRelaxed);
  snapshot.written_bytes = counters.written_bytes.load(kRelaxed);
  snapshot.wire_bytes = counters.encoded_wire_bytes.load(kRelaxed);
  snapshot.full_blocks = counters.full_blocks.load(kRelaxed);
  snapshot.timed_out_blocks = counters.timed_out_blocks.load(kRelaxed);
  if (ring() != nullptr) snapshot.ring = use_of(*ring(), counters);
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

  snapshot.condition = condition_of(counters);
  if (snapshot.recording()) snapshot.condition = interface;
  if (limit != nullptr && limit->reached())
    snapshot.condition = {RecordingState::kEnded, "its limit is reached"};
  return snapshot;
}

}  // namespace ringtail::capture
