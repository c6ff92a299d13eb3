#include "metrics/snapshot_collectable.h"

#include <utility>

#include "base/process_status.h"
#include "metrics/capture_families.h"
#include "metrics/family.h"
#include "metrics/interface_families.h"
#include "metrics/process_families.h"
#include "metrics/recorder_families.h"
#include "metrics/storage_families.h"
#include "metrics/tcp_watch_families.h"
#include "metrics/worker_families.h"

namespace ringtail::metrics {
namespace {

prometheus::MetricFamily build_info(const BuildInfo& build) {
  prometheus::MetricFamily family = gauge("ringtail_build_info", "What runs; always 1.");
  add(family,
      {{"version", build.version}, {"compiler", build.compiler}, {"libpcap", build.libpcap}}, 1);
  return family;
}

}  // namespace

SnapshotCollectable::SnapshotCollectable(TakeSnapshot take_snapshot, BuildInfo build)
    : take_snapshot_(std::move(take_snapshot)),
      build_(std::move(build)),
      boot_timestamp_seconds_(base::boot_timestamp_seconds()) {}

std::vector<prometheus::MetricFamily> SnapshotCollectable::Collect() const {
  const capture::Snapshot snapshot = take_snapshot_();
  Families families;
  add_recorder_families(families, snapshot);
  add_worker_families(families, snapshot);
  add_capture_families(families, snapshot);
  add_storage_families(families, snapshot);
  add_interface_families(families, snapshot);
  add_tcp_watch_families(families, snapshot);
  add_process_families(families, base::read_process_status(), boot_timestamp_seconds_);
  families.push_back(build_info(build_));
  return families;
}

}  // namespace ringtail::metrics
