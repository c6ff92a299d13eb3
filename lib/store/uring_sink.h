#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "store/uring.h"
#include "store/uring_write.h"
#include "store/write_sink.h"

namespace ringtail::store {

// The sink of one recorder. Writes to files of WriteMode::kUring are asynchronous, several deep,
// through the worker's io_uring; to all others each is done at once, on the worker's own thread.
//
// What has completed is there to be taken when the worker has called Uring::reap(). Nothing may be
// in flight when it is destroyed: Uring::finish(). `Ring` is Uring but in tests.
template <typename BlockLease, typename Ring = Uring>
class UringSink {
 public:
  using Lease = BlockLease;
  using Clock = std::chrono::steady_clock;
  // Fast disks need 2 to 4; the rest is for slow and distant ones. No more, as blocks in flight are
  // missing in the ring.
  static constexpr std::uint32_t kDepth = 8;

  // `ring` must outlive it; without one all writes are done at once.
  explicit UringSink(Ring* ring = nullptr) : ring_(ring) {}

  [[nodiscard]] static constexpr std::uint32_t capacity() { return kDepth; }
  [[nodiscard]] bool has_room() const { return find(UringWrite::State::kFree) != nullptr; }

  // The memory that blocks lie in from now on; empty: none. What was registered before is not any
  // longer, so no write from there may be in flight.
  void use_memory(std::span<std::byte> memory) {
    memory_ = {};
    if (ring_ != nullptr) memory_ = ring_->register_memory(memory);
  }

  void submit(WriteRequest<Lease> request) {
    Slot& slot = *find(UringWrite::State::kFree);
    slot.ticket = request.ticket;
    slot.lease = std::move(request.lease);
    slot.submitted_at = Clock::now();
    slot.write = {.file = request.file,
                  .offset = request.offset,
                  .data = request.data,
                  .buffer_slot = memory_.slot_of(request.data)};
    if (ring_ != nullptr && request.file->mode == WriteMode::kUring) {
      ring_->submit(slot.write);
    } else {
      slot.write.write_now();
    }
  }

  [[nodiscard]] std::optional<WriteCompletion<Lease>> next_completion() {
    Slot* slot = find(UringWrite::State::kDone);
    if (slot == nullptr) return std::nullopt;
    slot->write.state = UringWrite::State::kFree;
    return WriteCompletion<Lease>{slot->ticket, slot->write.error, std::move(slot->lease)};
  }

  [[nodiscard]] std::optional<Clock::time_point> oldest_in_flight() const {
    std::optional<Clock::time_point> oldest;
    for (const Slot& slot : *slots_) {
      const bool in_flight = slot.write.state == UringWrite::State::kInFlight;
      if (in_flight && (!oldest || slot.submitted_at < *oldest)) oldest = slot.submitted_at;
    }
    return oldest;
  }

 private:
  struct Slot {
    UringWrite write;
    WriteTicket ticket;
    Lease lease;
    Clock::time_point submitted_at;
  };
  using Slots = std::array<Slot, kDepth>;

  Slot* find(UringWrite::State state) const {
    const auto found =
        std::ranges::find(*slots_, state, [](const Slot& slot) { return slot.write.state; });
    return found == slots_->end() ? nullptr : &*found;
  }

  Ring* ring_;
  typename Ring::Memory memory_;
  std::unique_ptr<Slots> slots_ = std::make_unique<Slots>();  // where they are, when this is moved
};

}  // namespace ringtail::store
