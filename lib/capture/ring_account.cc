#include "capture/ring_account.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ringtail::capture {
namespace {

constexpr std::chrono::seconds kLongWait{2};

// Whether a block has been waiting for longer than a disk that works takes.
bool waits_for_disk(const RecorderCounters& counters) {
  const RingRecorder::Clock::duration since{counters.waiting_since.load(std::memory_order_relaxed)};
  const auto waited = RingRecorder::Clock::now().time_since_epoch() - since;
  return since.count() != 0 && waited > kLongWait;
}

void add(store::DropCounts& dropped, DropReason reason, std::uint64_t packets) {
  dropped[static_cast<std::size_t>(reason)] += packets;
}

RingUse use_of(const ring::RxRing& ring, const RecorderCounters& counters) {
  RingUse use{.block_bytes = ring::kBlockSizeBytes, .blocks = ring.block_count()};
  use.in_use = ring.count_blocks_in_use();
  // While the worker is stuck it notes nothing.
  use.peak = std::max(counters.blocks_in_use.read(RecentPeak::Clock::now()), use.in_use);
  return use;
}

}  // namespace

RingAccount::RingAccount(const CaptureOptions& capture, std::string interface,
                         std::shared_ptr<Limit> limit, Worker& worker, store::DiskThread& disk,
                         WriteRate& write_rate)
    : worker_(worker),
      disk_(disk),
      recorder_(std::make_unique<RingRecorder>(
          RingSink(store::BlockingSink<ring::BlockLease>{}),
          store::RotatingWriterOptions{.interval = capture.file_interval}, std::move(limit),
          &write_rate)) {
  supply_ = disk.add_supply({.capture = capture.name,
                             .interface = interface,
                             .worker = worker.number(),
                             .max_file_bytes = capture.max_file_bytes,
                             .executor = worker.executor(),
                             .customer = &recorder_->writer(),
                             .answered = [&worker] { worker.turn(); }});
  counts_.capture = capture.name;
  counts_.interface = std::move(interface);
  counts_.worker = worker.number();
  worker.add(*recorder_);
}

void RingAccount::connect() {
  worker_.change(*recorder_, [&supply = *supply_](RingRecorder& recorder) {
    recorder.writer().connect(supply);
  });
}

void RingAccount::use(ring::RxRing& ring, const pcapfile::RecordShape& shape,
                      std::uint32_t linktype) {
  worker_.use_ring(*recorder_, ring, shape, linktype);
  ring_ = &ring;
}

void RingAccount::read_kernel_statistics() {
  if (ring_ == nullptr) return;
  const ring::SocketStatistics statistics = ring_->read_statistics();
  received_packets_ += statistics.packets;
  ring_full_packets_ += statistics.drops;
  ring_freezes_ += statistics.freezes;
  // No order with anything: the worker takes what it finds; a drain is posted behind it.
  KernelCounters& counters = recorder_->kernel_counters();
  counters.received_packets.store(received_packets_, std::memory_order_relaxed);
  counters.ring_full_packets.store(ring_full_packets_, std::memory_order_relaxed);
}

void RingAccount::adopt(const CaptureOptions& capture) {
  if (!recorder_) return;
  disk_.set_max_file_bytes(supply_, capture.max_file_bytes);
  worker_.change(*recorder_, [interval = capture.file_interval,
                              max_bytes = capture.max_file_bytes](RingRecorder& recorder) {
    recorder.writer().set_interval(interval);
    recorder.writer().set_max_file_bytes(max_bytes);
  });
}

void RingAccount::use_limit(const std::shared_ptr<Limit>& limit) {
  if (!recorder_) return;
  worker_.change(*recorder_, [limit](RingRecorder& recorder) { recorder.use_limit(limit); });
}

void RingAccount::release(std::function<void()> released) {
  worker_.release_ring(*recorder_, accepted_packets(), std::move(released));
}

// From the worker to the disk thread and back, so that what each had handed to the other before has
// been done when the recorder goes.
void RingAccount::end(std::function<void()> ended) {
  worker_.drain(*recorder_, accepted_packets(), [this, ended = std::move(ended)] {
    disk_.remove_supply(supply_, [this, ended] { worker_.remove(*recorder_, ended); });
  });
}

void RingAccount::settle() {
  counts_ = counts();
  counts_.ring.reset();
  add_writes(writes_);
  ring_ = nullptr;
  recorder_.reset();
  supply_.reset();
}

void RingAccount::abandon() {
  if (recorder_) worker_.abandon(*recorder_);
}

RecorderSnapshot RingAccount::counts() {
  if (!recorder_) return counts_;
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const RecorderCounters& counters = recorder_->counters();
  RecorderSnapshot snapshot = counts_;
  snapshot.written_packets = counters.written_packets.load(kRelaxed);
  snapshot.written_bytes = counters.written_bytes.load(kRelaxed);
  snapshot.wire_bytes = counters.encoded_wire_bytes.load(kRelaxed);
  snapshot.full_blocks = counters.full_blocks.load(kRelaxed);
  snapshot.timed_out_blocks = counters.timed_out_blocks.load(kRelaxed);
  if (ring_ != nullptr) snapshot.ring = use_of(*ring_, counters);
  auto& dropped = snapshot.dropped_packets;
  add(dropped, DropReason::kStorageFull, counters.storage_full_packets.load(kRelaxed));
  add(dropped, DropReason::kStorageError, counters.storage_error_packets.load(kRelaxed));
  add(dropped, DropReason::kRateLimit, counters.rate_limit_packets.load(kRelaxed));
  add(dropped, DropReason::kLimitReached, counters.limit_reached_packets.load(kRelaxed));
  add(dropped, DropReason::kMalformed, counters.malformed_packets.load(kRelaxed));
  // The kernel's counts come last, so that received >= written + dropped.
  read_kernel_statistics();
  snapshot.received_packets = received_packets_;
  snapshot.ring_freezes = ring_freezes_;
  add(dropped, DropReason::kRingFull, ring_full_packets_);
  return snapshot;
}

Condition RingAccount::condition() const {
  if (!recorder_) return {};
  const RecorderCounters& counters = recorder_->counters();
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

void RingAccount::add_writes(store::WriteCounters::Totals& totals) const {
  if (recorder_) return recorder_->sink().counters().add_to(totals);
  for (std::size_t bucket = 0; bucket < store::WriteCounters::kBuckets; ++bucket)
    totals.writes[bucket] += writes_.writes[bucket];
  totals.time += writes_.time;
}

}  // namespace ringtail::capture
