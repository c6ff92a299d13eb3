#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "store/uring_write.h"

namespace ringtail::store {

// The kernel's side of an io_uring: writes complete when, in which order and with which result the
// test says. What reaches the file is what the write's memory holds when it completes.
class FakeUring {
 public:
  struct Memory {
    std::span<std::byte> bytes;
    std::shared_ptr<bool> registration;
    [[nodiscard]] std::optional<unsigned> slot_of(std::span<const std::byte> data) const {
      const bool within =
          data.data() >= bytes.data() && data.data() + data.size() <= bytes.data() + bytes.size();
      return within ? std::optional(0U) : std::nullopt;
    }
  };
  [[nodiscard]] Memory register_memory(std::span<std::byte> bytes) {
    if (bytes.empty()) return {};
    Memory memory{bytes, std::make_shared<bool>()};
    registration_ = memory.registration;
    return memory;
  }
  [[nodiscard]] bool has_memory() const { return !registration_.expired(); }

  void submit(UringWrite& write) {
    write.state = UringWrite::State::kInFlight;
    pending_.push_back(&write);
  }

  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  [[nodiscard]] const UringWrite& write(std::size_t index) const { return *pending_[index]; }

  // Completes the pending write at this place in the order of submission: its first `bytes` are
  // written, and if `result` is given, that is what the kernel says.
  void complete(std::size_t index, std::size_t bytes = SIZE_MAX, std::optional<int> result = {}) {
    UringWrite& write = *pending_[index];
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
    const std::size_t size = std::min(bytes, write.data.size());
    ASSERT_EQ(
        ::pwrite(write.file->fd.get(), write.data.data(), size, static_cast<off_t>(write.offset)),
        static_cast<ssize_t>(size));
    if (write.take(result.value_or(static_cast<int>(size)))) submit(write);
  }

 private:
  std::vector<UringWrite*> pending_;
  std::weak_ptr<bool> registration_;
};

}  // namespace ringtail::store
