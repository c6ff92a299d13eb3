#include "capture/capture.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace ringtail::capture {
namespace {

// Adds what was counted to what another recorder of the same interface and worker has: that one.
RecorderSnapshot& merge(std::vector<RecorderSnapshot>& sums, const RecorderSnapshot& counts) {
  const auto found = std::ranges::find_if(sums, [&](const RecorderSnapshot& sum) {
    return sum.interface == counts.interface && sum.worker == counts.worker;
  });
  if (found == sums.end()) {
    sums.push_back(counts);
    sums.back().condition = {};  // it is not to record any more
    sums.back().ring.reset();
    return sums.back();
  }
  found->received_packets += counts.received_packets;
  found->written_packets += counts.written_packets;
  found->written_bytes += counts.written_bytes;
  found->wire_bytes += counts.wire_bytes;
  found->ring_freezes += counts.ring_freezes;
  found->full_blocks += counts.full_blocks;
  found->timed_out_blocks += counts.timed_out_blocks;
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason)
    found->dropped_packets[reason] += counts.dropped_packets[reason];
  return *found;
}

}  // namespace

Capture::Capture(const Surroundings& surroundings, Options options,
                 std::function<void(Capture&)> limit_reached)
    : surroundings_(surroundings),
      options_(std::move(options)),
      limit_reached_(std::move(limit_reached)),
      limit_timer_(surroundings.control) {}

std::shared_ptr<Limit> Capture::make_limit(const LimitOptions& options) {
  if (!options.any()) return nullptr;
  const auto reached = [self = weak_from_this(), &control = surroundings_.control] {
    boost::asio::post(control, [self] {
      const auto capture = self.lock();
      if (!capture) return;
      const bool in_force = capture->limit_ && capture->limit_->reached();
      if (in_force && !capture->ended_) capture->limit_reached_(*capture);
    });
  };
  return std::make_shared<Limit>(options, reached);
}

void Capture::use_limit(std::shared_ptr<Limit> limit, std::chrono::nanoseconds duration) {
  limit_ = std::move(limit);
  limit_timer_.cancel();
  if (!limit_ || duration == LimitOptions{}.duration) return;
  limit_timer_.expires_after(duration);
  limit_timer_.async_wait([limit = limit_](const boost::system::error_code& cancelled) {
    if (!cancelled) limit->reach();
  });
}

void Capture::adopt(Options options, Recordings recordings) {
  options_ = std::move(options);
  const Recordings before = std::exchange(recordings_, std::move(recordings));
  for (const auto& recording : before) {
    if (std::ranges::find(recordings_, recording) == recordings_.end())
      leaving_.push_back(recording);
  }
}

void Capture::forget(const std::shared_ptr<CapturedInterface>& recording) {
  for (const RecorderSnapshot& counts : recording->snapshot()) merge(past_, counts);
  recording->add_writes(past_writes_);
  std::erase(leaving_, recording);
}

std::vector<RecorderSnapshot> Capture::snapshot() const {
  std::vector<RecorderSnapshot> snapshot;
  for (const auto& recording : recordings_) {
    for (RecorderSnapshot& counts : recording->snapshot()) {
      if (limit_ && limit_->reached())
        counts.condition = {RecordingState::kEnded, "its limit is reached"};
      snapshot.push_back(std::move(counts));
    }
  }
  for (const auto& recording : leaving_) {
    for (const RecorderSnapshot& counts : recording->snapshot()) {
      RecorderSnapshot& sum = merge(snapshot, counts);
      // What it still has to write may be stuck.
      if (counts.condition.state > sum.condition.state) sum.condition = counts.condition;
    }
  }
  for (const RecorderSnapshot& counts : past_) merge(snapshot, counts);
  return snapshot;
}

std::string Capture::totals() const {
  std::uint64_t received = 0;
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;
  for (const RecorderSnapshot& counts : snapshot()) {
    received += counts.received_packets;
    written += counts.written_packets;
    for (const std::uint64_t packets : counts.dropped_packets) dropped += packets;
  }
  return "received=" + std::to_string(received) + " written=" + std::to_string(written) +
         " dropped=" + std::to_string(dropped);
}

store::WriteCounters::Totals Capture::writes() const {
  store::WriteCounters::Totals totals = past_writes_;
  for (const Recordings* recordings : {&recordings_, &leaving_}) {
    for (const auto& recording : *recordings) recording->add_writes(totals);
  }
  return totals;
}

}  // namespace ringtail::capture
