#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "store/write_counters.h"
#include "store/write_sink.h"

namespace ringtail::store {

// Any sink, with its writes counted and timed from submission to completion: two readings of the
// clock for each. Used by one worker, but for counters().
template <WriteSink Sink>
class MeasuredSink {
 public:
  using Lease = typename Sink::Lease;

  explicit MeasuredSink(Sink sink) : sink_(std::move(sink)) {}

  [[nodiscard]] std::uint32_t capacity() const { return sink_.capacity(); }
  [[nodiscard]] bool has_room() const { return sink_.has_room(); }
  [[nodiscard]] auto oldest_in_flight() const { return sink_.oldest_in_flight(); }
  void use_memory(std::span<std::byte> memory) { sink_.use_memory(memory); }

  void submit(WriteRequest<Lease> request) {
    counters_->begin();  // before: a sink may not return until the write has ended
    request.ticket.submitted = Clock::now();
    sink_.submit(std::move(request));
  }

  [[nodiscard]] std::optional<WriteCompletion<Lease>> next_completion() {
    auto completion = sink_.next_completion();
    if (completion) counters_->end(Clock::now() - completion->ticket.submitted);
    return completion;
  }

  [[nodiscard]] const WriteCounters& counters() const { return *counters_; }

 private:
  using Clock = std::chrono::steady_clock;

  Sink sink_;
  std::unique_ptr<WriteCounters> counters_ = std::make_unique<WriteCounters>();  // stays in place
};

}  // namespace ringtail::store
