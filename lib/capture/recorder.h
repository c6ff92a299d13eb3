#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "capture/block_consumer.h"
#include "capture/gathering.h"
#include "capture/limit.h"
#include "capture/recorder_counters.h"
#include "capture/turn_pace.h"
#include "capture/worker_clock.h"
#include "capture/write_rate.h"
#include "pcapfile/file_header.h"
#include "pcapfile/in_place_encoder.h"
#include "pcapfile/record_shape.h"
#include "pcapfile/run_cut.h"
#include "ring/block_layout.h"
#include "store/rotating_writer.h"

namespace ringtail::capture {

// One capture on one interface in one worker: takes blocks, encodes them where they lie, hands them
// to the writer. Every packet that it takes is written or counted under a reason; a block that
// cannot be written *yet* stays in its hand, and the ring behind it is the only buffer.
//
// Owned and used by one worker; only the counters are read by others. A limit is shared with the
// capture's other recorders, a write rate, which must outlive it, with all others.
template <BlockSource Source, store::WriteSink Sink>
class Recorder : public BlockConsumer<Source> {
 public:
  using Clock = std::chrono::steady_clock;
  using typename BlockConsumer<Source>::Turn;
  using Writer = store::RotatingWriter<Sink>;
  using Lease = typename Sink::Lease;

  Recorder(Sink sink, const store::RotatingWriterOptions& options,
           std::shared_ptr<Limit> limit = nullptr, WriteRate* write_rate = nullptr)
      : sink_(std::move(sink)),
        writer_(options, sink_, [this] { return counts(); }),
        limit_(std::move(limit)),
        write_rate_(write_rate) {}

  // Packets of another linktype than before go to a file of their own.
  void use_source(Source& source, const pcapfile::RecordShape& shape,
                  std::uint32_t linktype) override {
    source_ = &source;
    sink_.use_memory(source.memory());
    shape_ = shape;
    linktype_ = linktype;
    writer_.set_file_header(pcapfile::file_header(shape_, linktype_, origin_));
  }
  // What files say from now on of where they come from.
  void use_origin(pcapfile::FileOrigin origin) {
    origin_ = std::move(origin);
    if (source_ != nullptr)
      writer_.set_file_header(pcapfile::file_header(shape_, linktype_, origin_));
  }
  void release_source(std::uint64_t accepted_packets) override {
    release_target_ = accepted_packets;
  }
  [[nodiscard]] bool has_released() const override { return source_ == nullptr; }

  // No blocks are left alone until there are none.
  void hurry() { hurried_ = true; }

  // From now on, in place of the one before; none: endless.
  void use_limit(std::shared_ptr<Limit> limit) { limit_ = std::move(limit); }

  Turn turn(WorkerClock& clock) override {
    for (std::uint32_t blocks = 0; blocks < kBlocksPerTurn; ++blocks) {
      // Behind as many as may be in flight, too: the few that are left would wait for these writes.
      if (blocks % Gathering::kMostBlocks == 0 && gathers(Clock::now())) return leave_blocks();
      if (!lease_ && !take_block()) return end_of_turn(Turn::kIdle);
      const Clock::time_point now = Clock::now();
      if (source_ != nullptr) counters_.blocks_in_use.note(source_->blocks_in_use(), now);
      if (abandoning_.load(std::memory_order_relaxed)) {
        discard_block(discarded(store::StorageProblem::kError));
        continue;
      }
      if (limit_ != nullptr && limit_->reached()) {
        discard_block(limit_reached_packets_);
        continue;
      }
      if (write_rate_ != nullptr && !write_rate_->has_room(now)) {
        discard_block(rate_limit_packets_);
        continue;
      }
      switch (writer_.make_room(lease_.encoded_bound_bytes(), first_packet_, now)) {
        case Writer::Room::kWait:
          wait_since(now);
          return end_of_turn(Turn::kWaiting);
        case Writer::Room::kDiscard:
          discard_block(discarded(writer_.problem()));
          break;
        case Writer::Room::kReady:
          record_block(clock, now);
          break;
      }
    }
    return end_of_turn(Turn::kMore);
  }

  [[nodiscard]] std::uint64_t taken_blocks() const override {
    return full_blocks_ + timed_out_blocks_;
  }
  [[nodiscard]] bool wants_turn() const override {
    return lease_ || is_awaited() || (source_ != nullptr && Gathering::is_complete(*source_));
  }
  [[nodiscard]] Clock::duration longest_pause() const override {
    if (source_ == nullptr) return TurnPace::kLongestPause;
    const std::size_t ring_bytes = source_->memory().size();
    const std::size_t in_use = std::size_t{source_->blocks_in_use()} * ring::kBlockSizeBytes;
    return TurnPace::longest_pause(ring_bytes - std::min(in_use, ring_bytes));
  }

  [[nodiscard]] std::optional<Clock::time_point> flush_due() const override {
    return writer_.flush_due();
  }
  // For blocks that were left alone, and to end a file whose interval is over. Never while a block
  // is in hand: then its write is waited for.
  [[nodiscard]] std::optional<Clock::time_point> turn_due() const override {
    if (lease_) return std::nullopt;
    const auto over_at = writer_.interval_over_at();
    const auto gathered_at = gathering_.due();
    if (!over_at || !gathered_at) return over_at ? over_at : gathered_at;
    return std::min(*over_at, *gathered_at);
  }
  void flush() override {
    writer_.flush();
    publish();
  }

  // It has drained when its last file is finished; then it has let go of its source.
  void drain(std::uint64_t accepted_packets) override { drain_target_ = accepted_packets; }
  [[nodiscard]] bool drained() const override { return finishing_ && writer_.idle(); }
  void abandon() override { abandoning_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] Writer& writer() { return writer_; }
  [[nodiscard]] const RecorderCounters& counters() const { return counters_; }
  [[nodiscard]] const Sink& sink() const { return sink_; }

 private:
  // Then the worker's other recorders have theirs.
  static constexpr std::uint32_t kBlocksPerTurn = 2 * Gathering::kMostBlocks;

  // Whether somebody waits for the ring's blocks, or a limit would end before they are taken.
  [[nodiscard]] bool is_awaited() const {
    return hurried_ || drain_target_ || release_target_ || limit_ != nullptr;
  }

  // Whether the ring's blocks are left alone; not if they are awaited, nor if the file that they
  // belong to is over.
  bool gathers(Clock::time_point now) {
    const auto over_at = writer_.interval_over_at();
    const bool awaited = is_awaited() || (over_at && now >= *over_at);
    if (source_ != nullptr && !lease_ && !awaited) return gathering_.waits(*source_, now);
    gathering_.end();
    return false;
  }
  Turn leave_blocks() {
    writer_.settle();
    publish();
    return Turn::kIdle;
  }

  bool take_block() {
    if (source_ == nullptr) return false;
    lease_ = source_->take();
    if (!lease_) return false;
    leased_packets_ += lease_.packet_count();
    ++(lease_.timed_out() ? timed_out_blocks_ : full_blocks_);
    first_packet_ = {};  // of a block in which nothing makes sense: nothing of it will be written
    if (const auto frame = lease_.frames().next()) {
      first_packet_ = store::PacketTime(std::chrono::seconds(frame->seconds) +
                                        std::chrono::nanoseconds(frame->nanoseconds));
    }
    return true;
  }

  void record_block(WorkerClock& clock, Clock::time_point now) {
    const std::span<std::byte> run = lease_.run();
    auto frames = lease_.frames();
    const std::size_t carry_bytes = writer_.begin_run(run);
    pcapfile::EncodedRun encoded =
        pcapfile::encode_in_place<ring::kBytesBeforeData>(frames, run, carry_bytes, shape_);
    malformed_packets_ += frames.malformed();
    if (limit_ != nullptr) cut_to_limit(encoded, run, carry_bytes);
    if (write_rate_ != nullptr) write_rate_->take(encoded.end - carry_bytes, now);
    wire_bytes_ += encoded.wire_bytes;
    clock.enter(WorkerState::kWaitingDisk);
    wait_since(now);
    tell_waiting();  // before the write, which may block
    writer_.commit(std::move(lease_), run, encoded, now);
    waiting_since_.reset();
    clock.enter(WorkerState::kEncoding);
  }

  // Keeps what the capture's limit has room for.
  void cut_to_limit(pcapfile::EncodedRun& encoded, std::span<const std::byte> run,
                    std::size_t carry_bytes) {
    const pcapfile::EncodedRun whole = encoded;
    const std::uint64_t packets = limit_->take_packets(whole.packets);
    if (packets < whole.packets)
      encoded = pcapfile::cut_run(whole, run, carry_bytes, shape_, packets, LimitOptions::kNone);
    const std::uint64_t wanted = encoded.end - carry_bytes;
    const std::uint64_t bytes = limit_->take_bytes(wanted);
    if (bytes < wanted)
      encoded = pcapfile::cut_run(whole, run, carry_bytes, shape_, packets, bytes);
    limit_reached_packets_ += whole.packets - encoded.packets;
    if (limit_->used_up()) limit_->reach();
  }

  void wait_since(Clock::time_point now) {
    if (!waiting_since_) waiting_since_ = now;
  }
  void tell_waiting() {
    std::optional<Clock::time_point> since = sink_.oldest_in_flight();
    if (waiting_since_ && (!since || *waiting_since_ < *since)) since = waiting_since_;
    counters_.waiting_since.store(since ? since->time_since_epoch().count() : 0,
                                  std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t& discarded(store::StorageProblem problem) {
    return discarded_packets_[static_cast<std::size_t>(problem)];
  }

  void discard_block(std::uint64_t& reason) {
    reason += lease_.packet_count();
    waiting_since_.reset();
    lease_ = Lease{};
  }

  Turn end_of_turn(Turn turn) {
    if (turn == Turn::kIdle) hurried_ = false;
    const bool drained_ring = drain_target_ && leased_packets_ >= *drain_target_ && !lease_;
    if (drained_ring && !finishing_) {
      finishing_ = true;
      writer_.finish();
    } else if (turn == Turn::kIdle) {
      writer_.rest(Clock::now());
    } else {
      writer_.settle();
    }
    if (release_target_) try_release();
    if (drained()) let_go();
    publish();
    return turn;
  }

  void try_release() {
    if (leased_packets_ < *release_target_ || lease_) return;
    if (source_ != nullptr && source_->is_leased()) return;
    let_go();
  }
  // No block of the source is leased any more. On the worker's thread, as its io_uring is told;
  // from then on any thread may destroy this, and the source.
  void let_go() {
    source_ = nullptr;
    sink_.use_memory({});
    release_target_.reset();
  }

  [[nodiscard]] std::uint64_t lost(store::StorageProblem problem) {
    return discarded(problem) + writer_.lost_packets(problem);
  }

  // What belongs to the files so far and the one that ends. At the end of a drain the kernel's part
  // is its last word: the control thread wrote it before it posted the drain.
  [[nodiscard]] store::RingCounts counts() {
    using store::DropReason;
    store::RingCounts counts;
    counts.received = this->kernel_counters_.received_packets.load(std::memory_order_relaxed);
    counts.of(DropReason::kRingFull) =
        this->kernel_counters_.ring_full_packets.load(std::memory_order_relaxed);
    counts.of(DropReason::kStorageFull) = lost(store::StorageProblem::kFull);
    counts.of(DropReason::kStorageError) = lost(store::StorageProblem::kError);
    counts.of(DropReason::kRateLimit) = rate_limit_packets_;
    counts.of(DropReason::kLimitReached) = limit_reached_packets_;
    counts.of(DropReason::kMalformed) = malformed_packets_;
    return counts;
  }

  void publish() {
    constexpr auto kRelaxed = std::memory_order_relaxed;
    counters_.leased_packets.store(leased_packets_, kRelaxed);
    counters_.written_packets.store(writer_.written().packets, kRelaxed);
    counters_.written_bytes.store(writer_.written().bytes, kRelaxed);
    counters_.encoded_wire_bytes.store(wire_bytes_, kRelaxed);
    counters_.storage_full_packets.store(lost(store::StorageProblem::kFull), kRelaxed);
    counters_.storage_error_packets.store(lost(store::StorageProblem::kError), kRelaxed);
    counters_.rate_limit_packets.store(rate_limit_packets_, kRelaxed);
    counters_.limit_reached_packets.store(limit_reached_packets_, kRelaxed);
    counters_.malformed_packets.store(malformed_packets_, kRelaxed);
    counters_.full_blocks.store(full_blocks_, kRelaxed);
    counters_.timed_out_blocks.store(timed_out_blocks_, kRelaxed);
    RecorderState state = RecorderState::kRecording;
    if (writer_.is_failing()) {
      state = writer_.problem() == store::StorageProblem::kFull ? RecorderState::kStorageFull
                                                                : RecorderState::kStorageError;
    }
    counters_.state.store(state, kRelaxed);
    tell_waiting();
  }

  Source* source_ = nullptr;
  Sink sink_;
  Writer writer_;
  pcapfile::RecordShape shape_;
  std::uint32_t linktype_ = 0;
  pcapfile::FileOrigin origin_;
  std::shared_ptr<Limit> limit_;
  WriteRate* write_rate_;
  Lease lease_;                     // the block in hand
  store::PacketTime first_packet_;  // of that block
  Gathering gathering_;             // of the blocks behind it
  bool hurried_ = false;
  std::optional<Clock::time_point> waiting_since_;  // that block, for a file or a write

  std::optional<std::uint64_t> release_target_;
  std::optional<std::uint64_t> drain_target_;
  std::atomic<bool> abandoning_ = false;
  bool finishing_ = false;

  std::uint64_t leased_packets_ = 0;
  std::uint64_t rate_limit_packets_ = 0;
  std::uint64_t limit_reached_packets_ = 0;
  std::uint64_t malformed_packets_ = 0;
  std::uint64_t wire_bytes_ = 0;
  std::uint64_t full_blocks_ = 0;
  std::uint64_t timed_out_blocks_ = 0;
  std::uint64_t discarded_packets_[2] = {};  // by StorageProblem
  RecorderCounters counters_;
};

}  // namespace ringtail::capture
