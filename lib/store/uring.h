#pragma once

#include <liburing.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/unique_fd.h"
#include "store/uring_write.h"

namespace ringtail::store {

// One io_uring, and the memory that is registered with it. Each worker has one for the writes of
// all its files; without SQPOLL and IOSQE_ASYNC, which cost more than they save.
//
// Made by any thread, then used by one: by the one that pushes first. Writes and memory that it was
// given must outlive it, or be through and given back before.
class Uring {
 public:
  // How the kernel tells of a completion.
  enum class Notice {
    kEvent,      // by fd() alone: a thread that sleeps sleeps on, one that works is not interrupted
    kInterrupt,  // by waking the thread, however it sleeps, as before Linux 6.1
  };

  // Throws std::system_error if the kernel has or allows none; `report`, if set, is told why memory
  // cannot be registered. `best` is what is tried first.
  explicit Uring(std::function<void(const std::string&)> report = {}, Notice best = Notice::kEvent);
  ~Uring();
  Uring(const Uring&) = delete;
  Uring& operator=(const Uring&) = delete;

  // Becomes readable, anew each time, when something has completed that reap() has not seen, and
  // now and then a little before. It may stay readable: to be waited for edge-triggered.
  [[nodiscard]] int fd() const { return event_ ? event_.get() : ring_.ring_fd; }
  [[nodiscard]] Notice notice() const { return event_ ? Notice::kEvent : Notice::kInterrupt; }

  // The write is in flight from now on; the kernel is told with the next push() at the latest.
  void submit(UringWrite& write);
  // Tells the kernel of what was submitted, of writes that follow each other as of one. Says
  // whether any write was done at once since the last push(), as the kernel would not take it:
  // reap() does not tell of these.
  bool push();
  // What has completed since is done, or submitted again. Costs no system call if nothing has.
  void reap();
  // Blocks until nothing is in flight any more.
  void finish();

  // Memory that is registered while this lives, so that the kernel need not look up and pin its
  // pages for each write. Empty where it cannot be: writes from there go on all the same.
  class Memory {
   public:
    Memory() = default;
    Memory(Memory&& other) noexcept
        : uring_(std::exchange(other.uring_, nullptr)), bytes_(other.bytes_), slot_(other.slot_) {}
    Memory& operator=(Memory&& other) noexcept;
    ~Memory() { reset(); }

    // Of bytes within; nothing for others.
    [[nodiscard]] std::optional<unsigned> slot_of(std::span<const std::byte> data) const;

   private:
    friend class Uring;
    Memory(Uring* uring, std::span<std::byte> bytes, unsigned slot)
        : uring_(uring), bytes_(bytes), slot_(slot) {}
    void reset();

    Uring* uring_ = nullptr;
    std::span<std::byte> bytes_;
    unsigned slot_ = 0;  // the first of its slots
  };
  [[nodiscard]] Memory register_memory(std::span<std::byte> bytes);

 private:
  // The kernel's limit for one slot (io_buffer_validate() in io_uring/rsrc.c).
  static constexpr std::size_t kSlotBytes = std::size_t{1} << 30;
  static constexpr unsigned kSlots = 256;

  // As many go to the kernel together, as one write if they follow each other in a file: what it
  // does for one it then does once. Half as many if these are much already, as the disk waits
  // meanwhile.
  static constexpr unsigned kPushed = 8;
  static constexpr std::size_t kEnoughBytes = std::size_t{3} << 20;

  [[nodiscard]] int set_up(unsigned flags);
  [[nodiscard]] bool set_up_with_event();
  void enable();
  [[nodiscard]] bool is_enough_submitted() const;
  void push_submitted();
  [[nodiscard]] bool can_join(const UringWrite& before, const UringWrite& write) const;
  void write_now(UringWrite& first);  // and those that were to be taken with it
  [[nodiscard]] bool has_completed() const;
  void take_completed();
  void take(UringWrite& first, int result);
  [[nodiscard]] static unsigned slots_of(std::span<const std::byte> bytes) {
    return static_cast<unsigned>((bytes.size() + kSlotBytes - 1) / kSlotBytes);
  }
  [[nodiscard]] std::optional<unsigned> find_free(unsigned slots) const;
  [[nodiscard]] int set_slots(unsigned first, std::span<std::byte> bytes, bool in_use);
  void tell_unregistered(int error);

  std::function<void(const std::string&)> report_;
  io_uring ring_{};
  base::UniqueFd event_;                          // if it tells of completions
  bool enabled_ = true;                           // for the thread that pushes
  bool joins_registered_ = false;                 // writes from registered memory, too
  std::array<UringWrite*, kPushed> submitted_{};  // and not pushed yet
  unsigned submitted_count_ = 0;
  unsigned in_flight_ = 0;  // entries pushed, and not reaped
  bool done_at_once_ = false;
  int table_error_ = 0;  // why there is no table of memory; a negative errno
  std::array<bool, kSlots> slot_in_use_{};
};

}  // namespace ringtail::store
