#include "metrics/drop_history.h"

#include <cstddef>
#include <utility>

namespace ringtail::metrics {

void DropHistory::observe(const capture::Snapshot& snapshot, Time now) {
  std::map<Recorder, store::DropCounts> dropped;
  for (const capture::RecorderSnapshot& recorder : snapshot.recorders) {
    Recorder name{recorder.capture, recorder.interface, recorder.worker};
    const auto before = dropped_.find(name);
    for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason) {
      const std::uint64_t old = before == dropped_.end() ? 0 : before->second[reason];
      if (recorder.dropped_packets[reason] > old) last_rise_[reason] = now;
    }
    dropped.emplace(std::move(name), recorder.dropped_packets);
  }
  dropped_ = std::move(dropped);
}

std::optional<DropHistory::Time> DropHistory::last_rise(capture::DropReason reason) const {
  return last_rise_[static_cast<std::size_t>(reason)];
}

}  // namespace ringtail::metrics
