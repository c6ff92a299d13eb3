#include "metrics/recorder_families.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ringtail::metrics {
namespace {

using capture::RecorderSnapshot;
using capture::RingUse;
using capture::Snapshot;
using prometheus::MetricFamily;

Labels labels_of(const RecorderSnapshot& recorder) {
  return {{"interface", recorder.interface},
          {"capture", recorder.capture},
          {"worker", std::to_string(recorder.worker)}};
}

Labels labels_of(const RecorderSnapshot& recorder, std::string reason) {
  Labels labels = labels_of(recorder);
  labels.push_back({"reason", std::move(reason)});
  return labels;
}

MetricFamily recorder_counter(const Snapshot& snapshot, std::string name, std::string help,
                              std::uint64_t RecorderSnapshot::*value) {
  MetricFamily family = counter(std::move(name), std::move(help));
  for (const RecorderSnapshot& recorder : snapshot.recorders)
    add(family, labels_of(recorder), static_cast<double>(recorder.*value));
  return family;
}

MetricFamily dropped_packets(const Snapshot& snapshot) {
  MetricFamily family =
      counter("ringtail_dropped_packets_total",
              "Packets that passed the kernel filter and are not on disk, by reason.");
  for (const RecorderSnapshot& recorder : snapshot.recorders) {
    for (std::size_t reason = 0; reason < capture::kDropReasonCount; ++reason) {
      add(family,
          labels_of(recorder, std::string(name_of(static_cast<capture::DropReason>(reason)))),
          static_cast<double>(recorder.dropped_packets[reason]));
    }
  }
  return family;
}

MetricFamily retired_blocks(const Snapshot& snapshot) {
  MetricFamily family = counter("ringtail_ring_retired_blocks_total",
                                "Blocks taken from the ring, by why the kernel retired them.");
  for (const RecorderSnapshot& recorder : snapshot.recorders) {
    add(family, labels_of(recorder, "full"), static_cast<double>(recorder.full_blocks));
    add(family, labels_of(recorder, "timeout"), static_cast<double>(recorder.timed_out_blocks));
  }
  return family;
}

template <typename Value>
MetricFamily ring_gauge(const Snapshot& snapshot, std::string name, std::string help, Value value) {
  MetricFamily family = gauge(std::move(name), std::move(help));
  for (const RecorderSnapshot& recorder : snapshot.recorders) {
    if (recorder.ring) add(family, labels_of(recorder), value(*recorder.ring));
  }
  return family;
}

double size_bytes(const RingUse& ring) {
  return static_cast<double>(ring.blocks) * static_cast<double>(ring.block_bytes);
}
double used_bytes(const RingUse& ring) {
  return static_cast<double>(ring.in_use) * static_cast<double>(ring.block_bytes);
}
double used_ratio(const RingUse& ring) { return static_cast<double>(ring.in_use) / ring.blocks; }
double peak_ratio(const RingUse& ring) { return static_cast<double>(ring.peak) / ring.blocks; }

}  // namespace

void add_recorder_families(Families& families, const Snapshot& snapshot) {
  families.push_back(recorder_counter(snapshot, "ringtail_received_packets_total",
                                      "Packets that passed the kernel filter.",
                                      &RecorderSnapshot::received_packets));
  families.push_back(dropped_packets(snapshot));
  families.push_back(recorder_counter(snapshot, "ringtail_written_packets_total",
                                      "Packets that are on disk to their last byte.",
                                      &RecorderSnapshot::written_packets));
  families.push_back(recorder_counter(snapshot, "ringtail_written_bytes_total",
                                      "Bytes of capture file that are on disk.",
                                      &RecorderSnapshot::written_bytes));
  families.push_back(recorder_counter(snapshot, "ringtail_ring_freezes_total",
                                      "Times that the ring was full and the kernel froze it.",
                                      &RecorderSnapshot::ring_freezes));
  families.push_back(retired_blocks(snapshot));
  families.push_back(
      ring_gauge(snapshot, "ringtail_ring_size_bytes", "Memory of the ring.", size_bytes));
  families.push_back(ring_gauge(snapshot, "ringtail_ring_used_bytes",
                                "Memory of the ring that the kernel cannot fill now.", used_bytes));
  families.push_back(ring_gauge(snapshot, "ringtail_ring_used_ratio",
                                "Share of the ring that the kernel cannot fill now.", used_ratio));
  families.push_back(ring_gauge(snapshot, "ringtail_ring_used_peak_ratio",
                                "The highest share of the last minute.", peak_ratio));
}

}  // namespace ringtail::metrics
