#include "capture/recorder_account.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/escaped.h"

namespace ringtail::capture {
namespace {

constexpr std::chrono::seconds kLongWait{2};

// Longer than a disk that works takes.
bool is_long_ago(RingRecorder::Clock::time_point time) {
  return RingRecorder::Clock::now() - time > kLongWait;
}

// Whether a block has been waiting so long.
bool waits_for_disk(const RecorderCounters& counters) {
  const RingRecorder::Clock::duration since{counters.waiting_since.load(std::memory_order_relaxed)};
  return since.count() != 0 && is_long_ago(RingRecorder::Clock::time_point(since));
}

void add(store::DropCounts& dropped, DropReason reason, std::uint64_t packets) {
  dropped[static_cast<std::size_t>(reason)] += packets;
}

// How the recorder does, as far as its storage is concerned.
Condition condition_of(const RecorderCounters& counters) {
  if (waits_for_disk(counters)) return {RecordingState::kStorageProblem, "it waits for the disk"};
  switch (counters.state.load(std::memory_order_relaxed)) {
    case RecorderState::kStorageFull:
      return {RecordingState::kStorageProblem, "the storage is full"};
    case RecorderState::kStorageError:
      return {RecordingState::kStorageProblem, "the storage fails"};
    case RecorderState::kRecording:
      break;
  }
  return {};
}

pcapfile::FileOrigin origin_of(const CaptureOptions& capture, const std::string& interface,
                               unsigned worker) {
  pcapfile::FileOrigin origin = capture.origin;
  origin.interface = base::escaped(interface);
  origin.description = "capture " + capture.name + ", worker " + std::to_string(worker);
  return origin;
}

RingUse use_of(const ring::RxRing& ring, const RecorderCounters& counters) {
  RingUse use{.block_bytes = ring::kBlockSizeBytes, .blocks = ring.block_count()};
  use.in_use = ring.count_blocks_in_use();
  // While the worker is stuck it notes nothing.
  use.peak = std::max(counters.blocks_in_use.read(RecentPeak::Clock::now()), use.in_use);
  return use;
}

}  // namespace

RecorderAccount::RecorderAccount(const CaptureOptions& capture, std::string interface,
                                 std::shared_ptr<Limit> limit, Worker& worker,
                                 store::DiskThread& disk, WriteRate& write_rate)
    : RingAccount(worker, std::make_unique<RingRecorder>(
                              RingSink(store::UringSink<ring::BlockLease>(worker.uring())),
                              store::RotatingWriterOptions{.interval = capture.file_interval},
                              std::move(limit), &write_rate)),
      capture_(capture.name),
      interface_(std::move(interface)),
      disk_(disk),
      recorder_(static_cast<RingRecorder&>(consumer())) {
  recorder_.use_origin(origin_of(capture, interface_, worker.number()));
  supply_ = disk_.add_supply({.capture = capture_,
                              .interface = interface_,
                              .worker = worker.number(),
                              .format = capture.format,
                              .max_file_bytes = capture.max_file_bytes,
                              .executor = worker.executor(),
                              .customer = &recorder_.writer(),
                              .answered = [&worker] { worker.turn(); }});
}

void RecorderAccount::connect() {
  worker().change(
      [&recorder = recorder_, supply = supply_] { recorder.writer().connect(*supply); });
}

void RecorderAccount::adopt(const CaptureOptions& capture) {
  disk_.set_max_file_bytes(supply_, capture.max_file_bytes);
  // What waits in the ring came before.
  worker().change([&recorder = recorder_] { recorder.hurry(); });
  worker().change([&recorder = recorder_, interval = capture.file_interval,
                   max_bytes = capture.max_file_bytes,
                   origin = origin_of(capture, interface_, worker().number())] {
    recorder.writer().set_interval(interval);
    recorder.writer().set_max_file_bytes(max_bytes);
    recorder.use_origin(origin);
  });
}

void RecorderAccount::use_limit(const std::shared_ptr<Limit>& limit) {
  worker().change([&recorder = recorder_, limit] { recorder.use_limit(limit); });
}

// From the worker to the disk thread and back, so that what each had handed to the other before has
// been done by then.
void RecorderAccount::disconnect(const std::function<void()>& disconnected) {
  disk_.remove_supply(supply_, disconnected);
}

RecorderSnapshot RecorderAccount::snapshot(const Condition& interface) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const RecorderCounters& counters = recorder_.counters();
  RecorderSnapshot snapshot;
  snapshot.capture = capture_;
  snapshot.interface = interface_;
  snapshot.worker = worker().number();
  snapshot.written_packets = counters.written_packets.load(kRelaxed);
  snapshot.written_bytes = counters.written_bytes.load(kRelaxed);
  snapshot.wire_bytes = counters.encoded_wire_bytes.load(kRelaxed);
  snapshot.full_blocks = counters.full_blocks.load(kRelaxed);
  snapshot.timed_out_blocks = counters.timed_out_blocks.load(kRelaxed);
  if (ring() != nullptr) snapshot.ring = use_of(*ring(), counters);
  auto& dropped = snapshot.dropped_packets;
  add(dropped, DropReason::kStorageFull, counters.storage_full_packets.load(kRelaxed));
  add(dropped, DropReason::kStorageError, counters.storage_error_packets.load(kRelaxed));
  add(dropped, DropReason::kRateLimit, counters.rate_limit_packets.load(kRelaxed));
  add(dropped, DropReason::kLimitReached, counters.limit_reached_packets.load(kRelaxed));
  add(dropped, DropReason::kMalformed, counters.malformed_packets.load(kRelaxed));
  // The kernel's counts come last, so that received >= written + dropped.
  read_kernel_statistics();
  snapshot.received_packets = received_packets();
  snapshot.ring_freezes = ring_freezes();
  add(dropped, DropReason::kRingFull, ring_full_packets());

  snapshot.condition = condition_of(counters);
  // It notes nothing where it is, which may be any of its recorders' writes.
  if (snapshot.recording() && is_long_ago(worker().read_clock().last_progress))
    snapshot.condition = {RecordingState::kStorageProblem, "its worker waits for the disk"};
  if (snapshot.recording()) snapshot.condition = interface;
  return snapshot;
}

}  // namespace ringtail::capture
