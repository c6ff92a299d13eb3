#include "support/capture_totals.h"

#include <algorithm>

#include "support/capture_file.h"
#include "support/numbered_frame_decoder.h"

namespace ringtail::support {

void CaptureTotals::add_file(const std::string& path) {
  CaptureFile file(path);
  ++files_;
  bytes_ += file.size();
  std::int64_t latest_ns = 0;
  while (const auto record = file.next()) {
    if (record->time_ns + tolerance_.count() < latest_ns) {
      throw MalformedCapture(
          path, file.record_offset(),
          "the time steps back by " + std::to_string(latest_ns - record->time_ns) + " ns");
    }
    latest_ns = std::max(latest_ns, record->time_ns);
    ++packets_;
    captured_bytes_ += record->bytes.size();
    const auto frame = decode_numbered_frame(file.linktype(), record->bytes, record->wire_length);
    if (frame.verdict == FrameVerdict::kForeign) {
      ++foreign_;
    } else if (frame.verdict == FrameVerdict::kCorrupt) {
      ++corrupt_;
    } else {
      if (frame.verdict == FrameVerdict::kTruncated) ++truncated_;
      if (!numbers_.insert(frame.number)) ++duplicates_;
    }
  }
}

std::optional<NumberRange> CaptureTotals::range(std::optional<NumberRange> expected) const {
  if (expected || numbers_.size() == 0) return expected;
  return NumberRange{numbers_.first(), numbers_.last()};
}

void CaptureTotals::print(std::ostream& out, std::optional<NumberRange> expected) const {
  const auto within = range(expected);
  std::uint64_t missing = 0;
  std::uint64_t unexpected = 0;
  if (within) {
    missing = numbers_.missing(within->first, within->last);
    unexpected = numbers_.size() - (within->last - within->first + 1 - missing);
  }
  out << "files=" << files_ << "\npackets=" << packets_ << "\nbytes=" << bytes_
      << "\ncaptured_bytes=" << captured_bytes_ << "\ndistinct=" << numbers_.size()
      << "\nduplicates=" << duplicates_ << "\ntruncated=" << truncated_ << "\ncorrupt=" << corrupt_
      << "\nforeign=" << foreign_;
  if (numbers_.size() > 0) {
    out << "\nfirst=" << numbers_.first() << "\nlast=" << numbers_.last();
  }
  out << "\nmissing=" << missing << "\nunexpected=" << unexpected << '\n';
}

void CaptureTotals::print_gaps(std::ostream& out, std::optional<NumberRange> expected) const {
  const auto within = range(expected);
  if (!within) return;
  numbers_.for_each_gap(within->first, within->last,
                        [&out](std::uint64_t first, std::uint64_t last) {
                          out << "missing_range=" << first << '-' << last << '\n';
                        });
}

}  // namespace ringtail::support
