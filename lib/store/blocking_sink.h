#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "store/write_sink.h"

namespace ringtail::store {

// The sink that writes at once, on the worker's own thread: each write is complete when submit()
// returns. Works on every kernel and file system.
template <typename BlockLease>
class BlockingSink {
 public:
  using Lease = BlockLease;

  [[nodiscard]] static constexpr std::uint32_t capacity() { return 1; }
  [[nodiscard]] bool has_room() const { return !completion_; }

  void submit(WriteRequest<Lease> request) {
    const std::error_code error =
        write_fully(request.file->fd.get(), request.file->mode, request.offset, request.data);
    completion_ = WriteCompletion<Lease>{request.ticket, error, std::move(request.lease)};
  }

  [[nodiscard]] std::optional<WriteCompletion<Lease>> next_completion() {
    return std::exchange(completion_, std::nullopt);
  }

 private:
  std::optional<WriteCompletion<Lease>> completion_;
};

}  // namespace ringtail::store
