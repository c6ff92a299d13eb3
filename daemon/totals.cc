#include "daemon/totals.h"

#include <spdlog/fmt/fmt.h>

#include <numeric>

#include "base/byte_size.h"
#include "base/human_number.h"

namespace ringtail::daemon {
std::uint64_t Totals::dropped() const {
  return std::accumulate(dropped_packets.begin(), dropped_packets.end(), std::uint64_t{0});
}

std::uint64_t Totals::pending() const {
  const std::uint64_t accounted = written_packets + dropped();
  return received_packets > accounted ? received_packets - accounted : 0;
}

void Totals::count_pending_as_lost() {
  dropped_packets[static_cast<std::size_t>(capture::DropReason::kStorageError)] += pending();
}

Totals totals_of(const capture::Snapshot& snapshot) {
  Totals totals;
  for (const capture::RecorderSnapshot& recorder : snapshot.recorders) {
    totals.received_packets += recorder.received_packets;
    totals.written_packets += recorder.written_packets;
    totals.written_bytes += recorder.written_bytes;
    totals.wire_bytes += recorder.wire_bytes;
    for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason) {
      totals.dropped_packets[reason] += recorder.dropped_packets[reason];
    }
  }
  for (const capture::CaptureSnapshot& one : snapshot.captures) {
    totals.storage_used_bytes += one.storage_used_bytes;
  }
  return totals;
}

std::string to_text(const Totals& totals, std::uint64_t files) {
  std::string text = fmt::format("received={} written={} dropped={}", totals.received_packets,
                                 totals.written_packets, totals.dropped());
  for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason) {
    text += fmt::format(" {}={}", name_of(static_cast<capture::DropReason>(reason)),
                        totals.dropped_packets[reason]);
  }
  return text + fmt::format(" written_bytes={} files={}", totals.written_bytes, files);
}

std::string status_line(const Totals& before, const Totals& now, double seconds) {
  const auto packets = static_cast<double>(now.received_packets - before.received_packets);
  const auto bits = static_cast<double>(now.wire_bytes - before.wire_bytes) * 8;
  return fmt::format("{}packets/s  {}bit/s  written {}  dropped {}  disk {}",
                     base::with_prefix(packets / seconds), base::with_prefix(bits / seconds),
                     now.written_packets, now.dropped(),
                     base::human_byte_size(now.storage_used_bytes));
}

}  // namespace ringtail::daemon
