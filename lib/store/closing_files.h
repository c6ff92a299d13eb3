#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "pcapfile/file_header.h"
#include "store/file_trailer.h"
#include "store/file_writer.h"
#include "store/open_file.h"
#include "store/ring_counts.h"
#include "store/write_sink.h"

namespace ringtail::store {

// The files of one recorder that get no more blocks: their last write goes out, and once nothing of
// them is in flight the disk thread has them back, with what was received and lost since a file was
// last given back. No packet is told by two files, or by none.
//
// Owned and used by one worker; the sink must outlive it.
template <WriteSink Sink>
class ClosingFiles {
 public:
  using File = FileWriter<Sink>;

  // `counts` says what the ring has received and lost so far, what is lost in here included.
  ClosingFiles(Sink& sink, std::function<RingCounts()> counts)
      : sink_(sink), counts_(std::move(counts)) {}

  void add(std::unique_ptr<File> file) { files_.push_back({.writer = std::move(file)}); }
  [[nodiscard]] bool empty() const { return files_.empty(); }

  // The one with that id, which is in here.
  [[nodiscard]] File* find(std::uint64_t id) const {
    const auto its_id = [](const ClosingFile& file) { return file.writer->id(); };
    return std::ranges::find(files_, id, its_id)->writer.get();
  }

  // Submits the last writes that the sink takes now. Their completions are the caller's to take,
  // some of them at once, before give_back().
  void end() {
    for (ClosingFile& file : files_) {
      if (!file.ended && !file.writer->error()) file.ended = try_end(file);
    }
  }

  // Those that are ended, or have failed, and of which nothing is in flight.
  void give_back(FileSupply& supply) {
    std::erase_if(files_, [&](const ClosingFile& file) {
      if (!file.writer->idle() || !(file.ended || file.writer->error())) return false;
      give_back(supply, file);
      return true;
    });
  }

  // Their bytes lie behind a write that failed. Of all files so far.
  [[nodiscard]] std::uint64_t lost_packets(StorageProblem problem) const {
    return lost_packets_[static_cast<std::size_t>(problem)];
  }

 private:
  struct ClosingFile {
    std::unique_ptr<File> writer;
    bool ended = false;                   // its last write is submitted
    std::optional<RingCounts> told = {};  // the window, in its trailer
  };

  // False while the last write must wait: in a file that tells its losses for all others, as only
  // then these are known.
  bool try_end(ClosingFile& closing) {
    File& file = *closing.writer;
    const bool tells = pcapfile::max_trailer_bytes(file.kind().format) > 0;
    if (tells && file.end().packets > 0) {
      if (!file.idle() || !file.can_submit(sink_)) return false;
      closing.told = next_window();
      file.end_with(sink_, file_trailer(file.kind(), file.first(), file.end(), *closing.told));
    } else if (file.needs_flush()) {
      if (file.is_flushing() || !file.can_submit(sink_)) return false;
      file.flush(sink_);
    }
    return true;
  }

  void give_back(FileSupply& supply, const ClosingFile& closing) {
    const File& file = *closing.writer;
    if (file.error()) {
      const auto problem = static_cast<std::size_t>(problem_of(file.error()));
      lost_packets_[problem] += file.end().packets - file.written().packets;
    }
    const RecordMark end = file.kept();
    FinishedFile finished{.size_bytes = end.bytes,
                          .packets = end.packets,
                          .error = file.error(),
                          .linktype = file.kind().linktype,
                          .last = end.last.time()};
    if (end.packets > 0) finished.window = window_of(closing);
    supply.finish_file(file.file(), finished);
  }

  // The file itself may have told it; not if that write, or one before, has failed.
  RingCounts window_of(const ClosingFile& closing) {
    if (closing.told && !closing.writer->error()) return *closing.told;
    return closing.told.value_or(RingCounts{}) + next_window();
  }

  // What was received and lost since a file was last told.
  RingCounts next_window() {
    const RingCounts counts = counts_();
    return counts - std::exchange(told_, counts);
  }

  Sink& sink_;
  std::function<RingCounts()> counts_;
  RingCounts told_;  // with the files so far
  std::vector<ClosingFile> files_;
  std::array<std::uint64_t, 2> lost_packets_{};
};

}  // namespace ringtail::store
