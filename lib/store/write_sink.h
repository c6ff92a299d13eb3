#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "store/open_file.h"

namespace ringtail::store {

// Which write: of which file (a number of the writer's own), and which of its writes. Travels back
// as it is.
struct WriteTicket {
  std::uint64_t file = 0;
  std::uint32_t slot = 0;
  std::chrono::steady_clock::time_point submitted = {};  // MeasuredSink's
};

// One write. While it is in flight it owns the lease of the block that `data` lies in, and the
// writer keeps `file` open.
template <typename BlockLease>
struct WriteRequest {
  WriteTicket ticket;
  const OpenFile* file = nullptr;
  std::uint64_t offset = 0;
  std::span<const std::byte> data;
  BlockLease lease;
};

// The lease travels back with the completion and ends with it.
template <typename BlockLease>
struct WriteCompletion {
  WriteTicket ticket;
  std::error_code error;
  BlockLease lease;
};

// Takes writes and completes them later, in any order. Used by one worker.
template <typename Sink>
concept WriteSink = requires(Sink sink, WriteRequest<typename Sink::Lease> request) {
  { sink.capacity() } -> std::convertible_to<std::uint32_t>;  // writes in flight at most
  { sink.has_room() } -> std::convertible_to<bool>;
  sink.submit(std::move(request));  // only while has_room()
  { sink.next_completion() } -> std::same_as<std::optional<WriteCompletion<typename Sink::Lease>>>;
  // When the write was submitted that has been in flight for longest.
  { sink.oldest_in_flight() } -> std::same_as<std::optional<std::chrono::steady_clock::time_point>>;
  // Where blocks come from until it is told otherwise; empty: from nowhere.
  sink.use_memory(std::span<std::byte>{});
};

}  // namespace ringtail::store
