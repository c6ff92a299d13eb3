#include "store/write_ledger.h"

#include <cassert>

namespace ringtail::store {

std::uint32_t WriteLedger::enter(RecordMark mark) {
  const auto capacity = static_cast<std::uint32_t>(entries_.size());
  assert(has_room());
  const std::uint32_t slot = (oldest_ + entered_) % capacity;
  entries_[slot] = {mark, State::kInFlight};
  ++entered_;
  ++in_flight_;
  return slot;
}

void WriteLedger::complete(std::uint32_t slot, std::error_code error) {
  assert(entries_[slot].state == State::kInFlight);
  entries_[slot].state = error ? State::kFailed : State::kDone;
  --in_flight_;
  if (error && !error_) error_ = error;
  while (entered_ > 0 && entries_[oldest_].state == State::kDone) {
    written_ = entries_[oldest_].mark;
    entries_[oldest_].state = State::kFree;
    oldest_ = (oldest_ + 1) % static_cast<std::uint32_t>(entries_.size());
    --entered_;
  }
}

}  // namespace ringtail::store
