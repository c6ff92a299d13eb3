#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "pcapfile/encoded_run.h"
#include "pcapfile/file_header.h"
#include "store/closing_file.h"
#include "store/file_interval.h"
#include "store/file_writer.h"
#include "store/open_file.h"
#include "store/ring_counts.h"
#include "store/rotating_writer_options.h"
#include "store/space_ahead.h"
#include "store/write_sink.h"

namespace ringtail::store {

// Writes the runs of one recorder into a sequence of files, none larger than it may be and each for
// one interval of the clock; files change only between blocks, so that the last packets of a file
// may lie up to one block timeout behind its interval. Files come from and go back to the disk
// thread; when none can be had the caller is told to discard, and when one is only late, to wait
// with the block in its hand: the ring is the only buffer.
//
// After a failed write the file is cut to the whole records below it and given back, and the one
// that was made ahead is replaced: the disk thread hands out one only when a write to it has
// succeeded.
//
// Owned and used by one worker; the FileCustomer calls arrive on its thread, each followed by
// another turn of the worker. The supply and the sink must outlive it.
template <WriteSink Sink>
class RotatingWriter final : public FileCustomer {
 public:
  using Lease = typename Sink::Lease;
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kFlushAge{1};

  enum class Room { kReady, kWait, kDiscard };

  // `counts` says what the ring has received and lost so far, what the writer has lost included; it
  // is called when a file is handed back, to tell what belongs to it.
  RotatingWriter(const RotatingWriterOptions& options, Sink& sink,
                 std::function<RingCounts()> counts)
      : options_(options), sink_(sink), closing_(sink, std::move(counts)) {}

  void connect(FileSupply& supply) {
    supply_ = &supply;
    supply_->request_file();
  }

  // A file that has been granted more ends at once, one that was made ahead for more is replaced:
  // there may be no room for what they take.
  void set_max_file_bytes(std::uint64_t bytes) {
    options_.max_file_bytes = bytes;
    if (current_ && current_->granted_bytes() > bytes) close_current();
    if (next_ && next_->max_bytes > bytes) replace_next();
    settle();
  }

  // The current file goes by it, too; one whose interval is then over ends with the next turn.
  void set_interval(std::chrono::nanoseconds interval) {
    if (std::exchange(options_.interval, interval) == interval || !current_) return;
    interval_ = FileInterval(interval, interval_.first(), current_since_);
  }

  // What files begin with from now on: a current one that began with anything else ends.
  void set_file_header(const pcapfile::FileHeader& header) {
    if (std::exchange(options_.file_header, header) == header) return;
    close_current();
    settle();
  }

  // Whether a block whose records fill at most `bound_bytes` and whose first packet has this time
  // can be written now. kWait: not yet, ask again after the next completion or FileCustomer call.
  // kDiscard: no; problem() says why.
  [[nodiscard]] Room make_room(std::size_t bound_bytes, PacketTime first, Clock::time_point now) {
    settle();
    bound_bytes += pcapfile::max_trailer_bytes(options_.file_header.kind.format);
    if (current_ && interval_.ends_before(first, now)) close_current();
    if (current_ && current_->end().bytes + bound_bytes > max_bytes()) close_current();
    if (current_ && growth_refused_ && must_grow(bound_bytes, now)) close_current();
    if (!current_) {
      // The end of the last file goes first, and is on disk before: a kill between the two must
      // cost no packet before one that is kept, and the kernel may give up writes of who was
      // killed.
      settle();
      if (closing_.get() != nullptr) return Room::kWait;
      if (!next_) return refusal_ ? Room::kDiscard : Room::kWait;
      open_next(first, now);
    }
    const bool busy = current_->is_flushing() || !current_->can_submit(sink_);
    return must_grow(bound_bytes, now) || busy ? Room::kWait : Room::kReady;
  }

  // After make_room() said kReady: the carry is put in front of the run; returns its length.
  [[nodiscard]] std::size_t begin_run(std::span<std::byte> run) const {
    return current_->begin_run(run);
  }

  void commit(Lease lease, std::span<const std::byte> run, const pcapfile::EncodedRun& encoded,
              Clock::time_point now) {
    if (!begun_ && encoded.packets > 0) begin_current(encoded);
    const bool had_carry = current_->needs_flush();
    const bool carry_is_new = current_->commit(sink_, std::move(lease), run, encoded);
    if (carry_is_new || !had_carry) carry_since_ = now;
    settle();
  }

  // Takes in what the sink has completed, and hands over files that are through.
  void settle() {
    take_completions();
    if (current_ && current_->error()) close_current();
    if (closing_.get() != nullptr) {
      closing_.end();
      take_completions();
      closing_.try_give_back(*supply_);
    }
    // Only now, so that the disk thread cuts the full file before it makes room for another: the
    // smallest budget that is accepted has no room for what both were granted.
    if (next_wanted_ && closing_.get() == nullptr && !finishing_) {
      next_wanted_ = false;
      supply_->request_file();
    }
  }

  // When the oldest record that is only in memory must be flushed; empty if there is none, or if it
  // cannot be before a write has completed.
  [[nodiscard]] std::optional<Clock::time_point> flush_due() const {
    return can_flush() ? std::optional(carry_since_ + kFlushAge) : std::nullopt;
  }
  void flush() {
    if (can_flush()) current_->flush(sink_);
    settle();
  }

  // When the current file's interval is over; empty if there is no such file.
  [[nodiscard]] std::optional<Clock::time_point> interval_over_at() const {
    return current_ ? interval_.over_at() : std::nullopt;
  }
  // No block is left to be written: ends a file whose interval is over.
  void rest(Clock::time_point now) {
    const auto over_at = interval_over_at();
    if (over_at && now >= *over_at) close_current();
    settle();
  }

  // The last block has been committed: flushes and hands over everything. Done when idle().
  void finish() {
    finishing_ = true;
    settle();
    close_current();
    if (next_) supply_->finish_file(std::exchange(next_, nullptr), {});
    settle();
  }
  [[nodiscard]] bool idle() const { return !current_ && closing_.get() == nullptr; }

  // Whether the last that is known of the storage is that it fails, and how.
  [[nodiscard]] bool is_failing() const {
    return write_problem_ || (refusal_ && !current_ && !next_);
  }
  [[nodiscard]] StorageProblem problem() const {
    return write_problem_ ? *write_problem_ : refusal_.value_or(StorageProblem::kError);
  }

  // Sums over all files. Packets are lost when a write failed: their bytes lie behind the cut.
  [[nodiscard]] RecordMark written() const { return written_; }
  [[nodiscard]] std::uint64_t lost_packets(StorageProblem problem) const {
    return closing_.lost_packets(problem);
  }

  // FileCustomer.
  void file_ready(std::shared_ptr<OpenFile> file, std::uint64_t granted_bytes) override {
    refusal_.reset();
    write_problem_.reset();
    if (finishing_) return supply_->finish_file(std::move(file), {});
    next_ = std::move(file);
    next_granted_bytes_ = granted_bytes;
    next_growth_refused_ = false;
  }
  void file_refused(StorageProblem problem) override { refusal_ = problem; }
  void file_grown(const OpenFile* file, std::uint64_t granted_bytes) override {
    growing_ = false;
    if (is_current(file)) current_->set_granted_bytes(granted_bytes);
    if (next_.get() == file) next_granted_bytes_ = granted_bytes;
  }
  void growth_refused(const OpenFile* file) override {
    growing_ = false;
    if (is_current(file)) growth_refused_ = true;
    if (next_.get() == file) next_growth_refused_ = true;
  }

 private:
  using File = FileWriter<Sink>;

  [[nodiscard]] bool is_current(const OpenFile* file) const {
    return current_ && current_->file().get() == file;
  }
  [[nodiscard]] bool can_flush() const {
    return current_ && current_->needs_flush() && !current_->is_flushing() && !current_->error() &&
           current_->can_submit(sink_);
  }

  [[nodiscard]] std::uint64_t max_bytes() const {
    return std::min(current_->file()->max_bytes, options_.max_file_bytes);
  }

  // Whether the current file must have more space before the block fits; asks for it ahead of that.
  bool must_grow(std::size_t bound_bytes, Clock::time_point now) {
    const std::uint64_t end = current_->end().bytes + bound_bytes;
    const std::uint64_t needed = (end + File::kPageBytes - 1) / File::kPageBytes * File::kPageBytes;
    if (!growing_ && needed + SpaceAhead::kMostBytes > current_->granted_bytes())
      grow_ahead(needed, SpaceAhead::bytes(current_->end().bytes, now - current_since_));
    return needed > current_->granted_bytes();
  }

  void grow_ahead(std::uint64_t needed, std::uint64_t ahead_bytes) {
    std::optional<FileSpace> next;
    if (next_) next = {next_granted_bytes_, next_->max_bytes, next_growth_refused_};
    const FileSpace current{current_->granted_bytes(), max_bytes(), growth_refused_};
    const auto grow = SpaceAhead::choose(current, needed, next, ahead_bytes);
    growing_ = grow != SpaceAhead::Grow::kNeither;
    if (growing_) supply_->grow_file(grow == SpaceAhead::Grow::kNext ? next_ : current_->file());
  }

  void open_next(PacketTime first, Clock::time_point now) {
    current_ = std::make_unique<File>(++last_id_, std::move(next_), next_granted_bytes_,
                                      options_.file_header, 2 * sink_.capacity());
    interval_ = FileInterval(options_.interval, first, now);
    current_since_ = now;
    begun_ = growth_refused_ = false;
    next_wanted_ = true;
  }

  // The file that was made ahead knows nothing of a disk that has failed since.
  void replace_next() {
    if (!next_) return;
    supply_->finish_file(std::exchange(next_, nullptr), {});
    next_wanted_ = true;
  }

  void begin_current(const pcapfile::EncodedRun& encoded) {
    begun_ = true;
    supply_->begin_file(current_->file(), encoded.first.time());
  }

  void close_current() {
    if (current_) closing_.take(std::move(current_));
  }

  void take_completions() {
    while (auto completion = sink_.next_completion()) {
      File* file = find(completion->ticket.file);
      const RecordMark before = file->kept();
      const bool had_failed = static_cast<bool>(file->error());
      file->complete(*completion);
      if (file->error() && !had_failed) {
        write_problem_ = problem_of(file->error());
        replace_next();
      }
      const RecordMark after = file->kept();
      written_.packets += after.packets - before.packets;
      written_.bytes += after.bytes - before.bytes;
      if (!completion->error && !file->error()) write_problem_.reset();
    }
  }

  File* find(std::uint64_t id) {
    return current_ && current_->id() == id ? current_.get() : closing_.get();
  }

  RotatingWriterOptions options_;
  Sink& sink_;
  FileSupply* supply_ = nullptr;

  std::unique_ptr<File> current_;
  FileInterval interval_;  // of the current file
  Clock::time_point current_since_;
  bool begun_ = false;           // of the current file: its first packet is known
  bool growth_refused_ = false;  // it ends where its space ends
  bool growing_ = false;         // space was asked for, for this or the next one
  Clock::time_point carry_since_;
  ClosingFile<Sink> closing_;  // before it is through there is no current one
  std::uint64_t last_id_ = 0;

  std::shared_ptr<OpenFile> next_;
  std::uint64_t next_granted_bytes_ = 0;
  bool next_growth_refused_ = false;
  bool next_wanted_ = false;               // to be asked for when no file is closing
  std::optional<StorageProblem> refusal_;  // of the file asked for
  // Since the last write that succeeded, or the last file: a write to it has been tried.
  std::optional<StorageProblem> write_problem_;
  bool finishing_ = false;

  RecordMark written_;
};

}  // namespace ringtail::store
