#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "capture/snapshot.h"

namespace ringtail::metrics {

// Turns one snapshot of the workers into the metric families of ringtail_*. The names and labels
// are a contract. Every drop reason is always there, also at 0, so that a rate() over it never has
// to start from nothing.
//
// Collect() takes the snapshot on the caller's thread (the control thread, at scrape) and keeps
// nothing; what `take_snapshot` refers to must outlive this object, and what it throws passes
// through.
//
// Prometheus values are doubles: a counter beyond 2^53 (9.0e15; 100 Gbit/s of file for 8 days) is
// rounded to the nearest double, at most one part in 2^53 off. It still never goes back.
class SnapshotCollectable : public prometheus::Collectable {
 public:
  using TakeSnapshot = std::function<capture::Snapshot()>;

  SnapshotCollectable(TakeSnapshot take_snapshot, std::string version);

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  TakeSnapshot take_snapshot_;
  std::string version_;
};

}  // namespace ringtail::metrics
