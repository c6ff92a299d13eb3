#pragma once

#include <cstdint>
#include <string>

#include "capture/snapshot.h"

namespace ringtail::daemon {

// The sums of a snapshot over all recorders.
struct Totals {
  std::uint64_t received_packets = 0;
  std::uint64_t written_packets = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t wire_bytes = 0;
  store::DropCounts dropped_packets{};
  std::uint64_t storage_used_bytes = 0;

  [[nodiscard]] std::uint64_t dropped() const;
  // Received, but neither on disk nor counted as lost: in a ring or in flight.
  [[nodiscard]] std::uint64_t pending() const;
  // For a stop whose deadline has passed.
  void count_pending_as_lost();
};
[[nodiscard]] Totals totals_of(const capture::Snapshot& snapshot);

// "received=9 written=9 dropped=0 ring_full=0 ... written_bytes=700 files=1"
[[nodiscard]] std::string to_text(const Totals& totals, std::uint64_t files);

// The line that a person watches: what has come since `before`, `seconds` ago, and how it stands.
[[nodiscard]] std::string status_line(const Totals& before, const Totals& now, double seconds);

}  // namespace ringtail::daemon
