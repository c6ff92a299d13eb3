#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

#include "store/open_file.h"

namespace ringtail::store {

// One write on its way through io_uring: what the kernel has not confirmed of it yet. Its place in
// memory is its name there, so it stays where it is until it is done. Used by one worker.
struct UringWrite {
  enum class State : std::uint8_t { kFree, kInFlight, kDone };

  State state = State::kFree;
  std::error_code error = {};  // once it is done
  const OpenFile* file = nullptr;
  std::uint64_t offset = 0;
  std::span<const std::byte> data = {};      // what is not written yet
  std::optional<unsigned> buffer_slot = {};  // the registered memory that data lies in
  bool alone = false;                        // what is left of one that others were taken with
  UringWrite* next = nullptr;  // that the kernel has taken with this one, as one write

  // Whether the kernel can take this one together with the one before.
  [[nodiscard]] bool follows(const UringWrite& before) const {
    return !alone && !before.alone && file == before.file && buffer_slot == before.buffer_slot &&
           offset == before.offset + before.data.size();
  }

  // Takes the result of its completion: the bytes written, or a negative errno. Says whether what
  // is left of it is to be submitted again; if not it is done, under the same rules as
  // write_fully(). What the kernel gave back undone, for reasons that say nothing of the disk (no
  // memory, no thread to be had), is written at once.
  [[nodiscard]] bool take(int result);

  // On this thread, until it is done.
  void write_now();

 private:
  void finish(std::error_code with);
};

}  // namespace ringtail::store
