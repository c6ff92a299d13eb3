#include <benchmark/benchmark.h>

#include <string>

#include "control/gzip.h"
#include "metrics/snapshot_collectable.h"
#include "metrics/text_format.h"

namespace ringtail::bench {
namespace {

constexpr unsigned kCaptures = 16;
constexpr unsigned kWorkers = 8;

capture::Snapshot busy_snapshot() {
  capture::Snapshot snapshot;
  for (unsigned capture = 0; capture < kCaptures; ++capture) {
    const std::string name = "capture-" + std::to_string(capture);
    for (unsigned worker = 0; worker < kWorkers; ++worker) {
      const std::uint64_t packets = 123'456'789'012 + capture * kWorkers + worker;
      snapshot.recorders.push_back({.capture = name,
                                    .interface = "eth0",
                                    .worker = worker,
                                    .received_packets = packets,
                                    .written_packets = packets,
                                    .written_bytes = packets * 700,
                                    .ring = capture::RingUse{1U << 20U, 32, 3, 17}});
    }
    snapshot.captures.push_back({.capture = name, .oldest_packet_timestamp_seconds = 1.7e9 + 1e-6});
  }
  for (unsigned worker = 0; worker < kWorkers; ++worker)
    snapshot.workers.push_back({.worker = worker, .encoding_seconds = 1234.5678});
  return snapshot;
}

metrics::SnapshotCollectable busy_collectable() {
  return {[snapshot = busy_snapshot()] { return snapshot; }, {}};
}

// What a scrape costs behind the snapshot, on a host with 128 recorders.
void make_text(benchmark::State& state) {
  const metrics::SnapshotCollectable collectable = busy_collectable();
  std::size_t size = 0;
  for (auto _ : state) size = metrics::to_text(collectable).size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(make_text)->Name("scrape")->Unit(benchmark::kMicrosecond);

void collect(benchmark::State& state) {
  const metrics::SnapshotCollectable collectable = busy_collectable();
  for (auto _ : state) benchmark::DoNotOptimize(collectable.Collect());
}
BENCHMARK(collect)->Name("scrape/families alone")->Unit(benchmark::kMicrosecond);

void pack(benchmark::State& state) {
  const std::string text = metrics::to_text(busy_collectable());
  for (auto _ : state) benchmark::DoNotOptimize(control::gzip(text));
}
BENCHMARK(pack)->Name("scrape/gzip alone")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ringtail::bench
