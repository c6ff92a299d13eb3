#include "metrics/capture_families.h"

#include <prometheus/metric_type.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace ringtail::metrics {
namespace {

using capture::CaptureSnapshot;
using capture::RecordingState;
using capture::Snapshot;
using prometheus::ClientMetric;
using prometheus::MetricFamily;

// Of a capture's workers on an interface the worst one tells.
MetricFamily states(const Snapshot& snapshot) {
  MetricFamily family = gauge("ringtail_capture_state",
                              "1 for the state that the capture is in on the interface, else 0.");
  std::map<std::pair<std::string, std::string>, RecordingState> worst;
  for (const capture::RecorderSnapshot& recorder : snapshot.recorders) {
    RecordingState& state = worst[{recorder.capture, recorder.interface}];
    state = std::max(state, recorder.condition.state);
  }
  for (const auto& [names, state] : worst) {
    for (std::size_t one = 0; one < capture::kRecordingStateCount; ++one) {
      const auto candidate = static_cast<RecordingState>(one);
      add(family,
          {{"capture", names.first},
           {"interface", names.second},
           {"state", std::string(name_of(candidate))}},
          candidate == state ? 1 : 0);
    }
  }
  return family;
}

ClientMetric histogram_of(const CaptureSnapshot& capture) {
  const store::WriteCounters::Totals& writes = capture.writes;
  ClientMetric metric;
  metric.label = {{"capture", capture.capture}};
  metric.histogram.sample_count = writes.ended();
  metric.histogram.sample_sum = std::chrono::duration<double>(writes.time).count();
  std::uint64_t sum = 0;
  for (std::size_t bucket = 0; bucket < writes.writes.size(); ++bucket) {
    sum += writes.writes[bucket];
    const auto& bounds = store::WriteCounters::kBounds;
    const double bound = bucket < bounds.size() ? static_cast<double>(bounds[bucket].count()) / 1e6
                                                : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({sum, bound});
  }
  return metric;
}

MetricFamily write_durations(const Snapshot& snapshot) {
  MetricFamily family{"ringtail_write_duration_seconds",
                      "How long writes to disk took, from submission to completion.",
                      prometheus::MetricType::Histogram,
                      {}};
  for (const CaptureSnapshot& capture : snapshot.captures)
    family.metric.push_back(histogram_of(capture));
  return family;
}

MetricFamily writes_in_flight(const Snapshot& snapshot) {
  MetricFamily family =
      gauge("ringtail_writes_in_flight", "Writes that were submitted and have not completed.");
  for (const CaptureSnapshot& capture : snapshot.captures)
    add(family, {{"capture", capture.capture}}, static_cast<double>(capture.writes.in_flight));
  return family;
}

MetricFamily on_close_runs(const Snapshot& snapshot) {
  MetricFamily family = counter("ringtail_on_close_runs_total",
                                "Closed files by what became of their capture's on_close program.");
  for (const capture::OnCloseSnapshot& on_close : snapshot.on_close) {
    for (std::size_t end = 0; end < capture::kOnCloseResultCount; ++end)
      add(family,
          {{"capture", on_close.capture},
           {"result", std::string(name_of(static_cast<capture::OnCloseResult>(end)))}},
          static_cast<double>(on_close.runs[end]));
  }
  return family;
}

}  // namespace

void add_capture_families(Families& families, const Snapshot& snapshot) {
  families.push_back(states(snapshot));
  families.push_back(write_durations(snapshot));
  families.push_back(writes_in_flight(snapshot));
  families.push_back(on_close_runs(snapshot));
}

}  // namespace ringtail::metrics
