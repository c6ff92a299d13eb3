#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "pcapfile/file_header.h"
#include "store/file_trailer.h"
#include "store/file_writer.h"
#include "store/open_file.h"
#include "store/ring_counts.h"
#include "store/write_sink.h"

namespace ringtail::store {

// The file of a recorder that gets no more blocks, while there is one: its last write goes out, and
// once nothing of it is in flight the disk thread has it back, with what was received and lost
// since a file last told it. No packet is told by two files, or by none.
//
// Owned and used by one worker; the sink must outlive it.
template <WriteSink Sink>
class ClosingFile {
 public:
  using File = FileWriter<Sink>;

  // `counts` says what the ring has received and lost so far, what is lost in here included.
  ClosingFile(Sink& sink, std::function<RingCounts()> counts)
      : sink_(sink), counts_(std::move(counts)) {}

  // Only when there is none.
  void take(std::unique_ptr<File> file) {
    file_ = std::move(file);
    ended_ = false;
    told_by_file_.reset();
  }
  [[nodiscard]] File* get() const { return file_.get(); }

  // Submits the last write, if the sink takes it now. Its completion is the caller's to take, maybe
  // at once, before try_give_back().
  void end() {
    if (!ended_ && !file_->error()) ended_ = try_end();
  }

  // Does nothing while it is neither ended nor has failed, or something of it is in flight.
  void try_give_back(FileSupply& supply) {
    if (!file_->idle() || !(ended_ || file_->error())) return;
    if (file_->error()) {
      const auto problem = static_cast<std::size_t>(problem_of(file_->error()));
      lost_packets_[problem] += file_->end().packets - file_->written().packets;
    }
    const RecordMark end = file_->kept();
    FinishedFile finished{.size_bytes = end.bytes,
                          .packets = end.packets,
                          .error = file_->error(),
                          .linktype = file_->kind().linktype,
                          .last = end.last.time()};
    if (end.packets > 0) {
      finished.window = window();
    } else if (told_by_file_) {
      told_ = told_ - *told_by_file_;  // with the file its telling is gone: the next one tells it
    }
    supply.finish_file(file_->file(), finished);
    file_.reset();
  }

  // Their bytes lie behind a write that failed. Of all files so far.
  [[nodiscard]] std::uint64_t lost_packets(StorageProblem problem) const {
    return lost_packets_[static_cast<std::size_t>(problem)];
  }

 private:
  // False while the last write must wait: in a file that tells its losses for all others, as only
  // then these are known.
  bool try_end() {
    const bool tells = pcapfile::max_trailer_bytes(file_->kind().format) > 0;
    if (tells && file_->end().packets > 0) {
      if (!file_->idle() || !file_->can_submit(sink_)) return false;
      told_by_file_ = next_window();
      file_->end_with(sink_,
                      file_trailer(file_->kind(), file_->first(), file_->end(), *told_by_file_));
    } else if (file_->needs_flush()) {
      if (file_->is_flushing() || !file_->can_submit(sink_)) return false;
      file_->flush(sink_);
    }
    return true;
  }

  // The file itself may have told it; not if that write, or one before, has failed.
  RingCounts window() {
    if (told_by_file_ && !file_->error()) return *told_by_file_;
    return told_by_file_.value_or(RingCounts{}) + next_window();
  }

  // What was received and lost since a file last told it.
  RingCounts next_window() {
    const RingCounts counts = counts_();
    return counts - std::exchange(told_, counts);
  }

  Sink& sink_;
  std::function<RingCounts()> counts_;
  RingCounts told_;  // with the files so far
  std::unique_ptr<File> file_;
  bool ended_ = false;                      // its last write is submitted
  std::optional<RingCounts> told_by_file_;  // in its trailer
  std::array<std::uint64_t, 2> lost_packets_{};
};

}  // namespace ringtail::store
