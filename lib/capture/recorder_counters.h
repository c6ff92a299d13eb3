#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "capture/recent_peak.h"

namespace ringtail::capture {

enum class RecorderState : std::uint8_t { kRecording, kStorageFull, kStorageError };

// What one recorder has done. Written by its worker once per turn, read by the control thread:
// each member has one writer and no order with the others, so a reader that wants
// received >= written + dropped reads these first and the kernel's count after.
struct alignas(64) RecorderCounters {
  std::atomic<std::uint64_t> leased_packets{0};  // taken from the ring
  std::atomic<std::uint64_t> written_packets{0};
  std::atomic<std::uint64_t> written_bytes{0};  // of file
  std::atomic<std::uint64_t> encoded_wire_bytes{0};
  std::atomic<std::uint64_t> storage_full_packets{0};
  std::atomic<std::uint64_t> storage_error_packets{0};
  std::atomic<std::uint64_t> rate_limit_packets{0};
  std::atomic<std::uint64_t> limit_reached_packets{0};
  std::atomic<std::uint64_t> malformed_packets{0};
  // Blocks taken, by why the kernel retired them.
  std::atomic<std::uint64_t> full_blocks{0};
  std::atomic<std::uint64_t> timed_out_blocks{0};
  RecentPeak blocks_in_use;  // of the ring
  std::atomic<RecorderState> state{RecorderState::kRecording};
  // Since when the block in hand has been waiting for a file or a write, or the oldest write has
  // been in flight, whichever is longer; as the steady clock's ticks, 0: neither.
  std::atomic<std::chrono::steady_clock::rep> waiting_since{0};
};

// What the kernel has said of one recorder's ring, in packets. Written by the control thread, which
// alone can read it, once a second and when the filter has been closed; read by the recorder's
// worker when a file ends. Each has one writer and no order with the other.
struct alignas(64) KernelCounters {
  std::atomic<std::uint64_t> received_packets{0};
  std::atomic<std::uint64_t> ring_full_packets{0};
};

}  // namespace ringtail::capture
