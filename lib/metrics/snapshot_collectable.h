#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "capture/snapshot.h"

namespace ringtail::metrics {

// What runs: of Ringtail, the compiler that built it, and libpcap.
struct BuildInfo {
  std::string version;
  std::string compiler;
  std::string libpcap;
};

// Everything that /metrics shows: one snapshot of the workers and the process, as metric families.
// Their names and labels are a contract; config/metrics.md lists them.
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

  SnapshotCollectable(TakeSnapshot take_snapshot, BuildInfo build);

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  TakeSnapshot take_snapshot_;
  BuildInfo build_;
  double boot_timestamp_seconds_;  // once: the start must not move when somebody sets the clock
};

}  // namespace ringtail::metrics
