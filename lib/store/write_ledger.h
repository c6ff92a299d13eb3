#pragma once

#include <cstdint>
#include <system_error>
#include <vector>

#include "pcapfile/encoded_run.h"

namespace ringtail::store {

// A position in a file, always at a record's end, or at that of the file.
struct RecordMark {
  std::uint64_t packets = 0;       // whole records before it
  std::uint64_t bytes = 0;         // from the file's begin
  pcapfile::RecordTime last = {};  // of the last of these, if there is one

  bool operator==(const RecordMark&) const = default;
};

// What of one file is on disk, when its writes complete in any order.
//
// Writes are entered in file order, each with the last record's end that lies below the write's own
// end. written() is the mark of the last write before which all have completed: a completion above
// a hole counts only once the hole closes, and a failed write is a hole that never does. No mark
// ever goes back.
class WriteLedger {
 public:
  // `capacity`: the writes from the first hole on that can be remembered.
  explicit WriteLedger(std::uint32_t capacity) : entries_(capacity) {}

  [[nodiscard]] bool has_room() const { return entered_ < entries_.size(); }
  // Only while has_room(). Returns the slot that the completion names.
  [[nodiscard]] std::uint32_t enter(RecordMark mark);
  void complete(std::uint32_t slot, std::error_code error);

  [[nodiscard]] RecordMark written() const { return written_; }
  [[nodiscard]] bool idle() const { return in_flight_ == 0; }
  // The first failure that was seen. After it no write is worth submitting: the hole stays.
  [[nodiscard]] std::error_code error() const { return error_; }

 private:
  enum class State : std::uint8_t { kFree, kInFlight, kDone, kFailed };
  struct Entry {
    RecordMark mark;
    State state = State::kFree;
  };

  std::vector<Entry> entries_;  // a ring: oldest_ is the first that is not yet part of written_
  std::uint32_t oldest_ = 0;
  std::uint32_t entered_ = 0;  // entries from oldest_ on
  std::uint32_t in_flight_ = 0;
  RecordMark written_;
  std::error_code error_;
};

}  // namespace ringtail::store
