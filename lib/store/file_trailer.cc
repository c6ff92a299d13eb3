#include "store/file_trailer.h"

#include <numeric>
#include <string>

namespace ringtail::store {
namespace {

std::string losses(const RingCounts& window) {
  std::string text;
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason) {
    if (window.dropped[reason] == 0) continue;
    text.append(text.empty() ? "dropped: " : ", ")
        .append(name_of(static_cast<DropReason>(reason)))
        .append(" ")
        .append(std::to_string(window.dropped[reason]));
  }
  return text;
}

}  // namespace

std::vector<std::byte> file_trailer(const pcapfile::FileKind& kind, pcapfile::RecordTime first,
                                    const RecordMark& end, const RingCounts& window) {
  if (kind.format != pcapfile::Format::kPcapng) return {};
  const std::uint64_t dropped =
      std::accumulate(window.dropped.begin(), window.dropped.end(), std::uint64_t{0});
  const std::uint64_t ring_full = window.of(DropReason::kRingFull);
  return pcapfile::statistics_block({.start = first,
                                     .end = end.last,
                                     .received = window.received,
                                     .dropped = dropped,
                                     .filter_accepted = window.received,
                                     .os_dropped = ring_full,
                                     .user_delivered = end.packets + dropped - ring_full,
                                     .comment = losses(window)},
                                    kind.precision);
}

}  // namespace ringtail::store
