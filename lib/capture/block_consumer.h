#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "capture/recorder_counters.h"
#include "capture/worker_clock.h"
#include "pcapfile/record_shape.h"

namespace ringtail::capture {

// Where blocks come from: a ring, or crafted blocks in a test.
template <typename Source>
concept BlockSource = requires(Source source) {
  {static_cast<bool>(source.take())};
  { source.is_leased() } -> std::convertible_to<bool>;
  { source.blocks_in_use() } -> std::convertible_to<std::uint32_t>;
  { source.block_count() } -> std::convertible_to<std::uint32_t>;
  { source.has_retired(1) } -> std::convertible_to<bool>;
  { source.take().timed_out() } -> std::convertible_to<bool>;
  { source.take().packet_count() } -> std::convertible_to<std::uint32_t>;
  { source.take().encoded_bound_bytes() } -> std::convertible_to<std::size_t>;
  { source.take().run() } -> std::convertible_to<std::span<std::byte>>;
  source.take().frames();
  { source.memory() } -> std::convertible_to<std::span<std::byte>>;  // of all its blocks
};

// What empties a source of blocks, and what its worker asks of it: calls of a turn or rarer, so
// they may be virtual.
//
// Its source may be replaced when the interface is: the counters go on. Owned and used by one
// worker. A source must outlive it or be released before.
template <BlockSource Source>
class BlockConsumer {
 public:
  using Clock = std::chrono::steady_clock;

  BlockConsumer() = default;
  BlockConsumer(const BlockConsumer&) = delete;
  BlockConsumer& operator=(const BlockConsumer&) = delete;
  virtual ~BlockConsumer() = default;

  // From now on takes blocks from there, while it has no other source.
  virtual void use_source(Source& source, const pcapfile::RecordShape& shape,
                          std::uint32_t linktype) = 0;
  // Nothing enters the source any more; `accepted_packets` entered this one and those before. Lets
  // go of it as soon as these are taken and no block is leased.
  virtual void release_source(std::uint64_t accepted_packets) = 0;
  [[nodiscard]] virtual bool has_released() const = 0;

  enum class Turn { kMore, kWaiting, kIdle };

  // Takes in what has been retired, a bounded number of blocks at a time, or leaves it for a turn
  // that it says is due.
  virtual Turn turn(WorkerClock& clock) = 0;

  // Blocks taken so far.
  [[nodiscard]] virtual std::uint64_t taken_blocks() const = 0;
  // Whether a turn now has something to do. If not, the worker sleeps on for a while.
  [[nodiscard]] virtual bool wants_turn() const = 0;
  // How long its source may be left alone, as that does no harm whatever comes meanwhile.
  [[nodiscard]] virtual Clock::duration longest_pause() const = 0;

  // When flush() is due, if something waits for it.
  [[nodiscard]] virtual std::optional<Clock::time_point> flush_due() const { return std::nullopt; }
  virtual void flush() {}
  // When a turn is due whatever else happens.
  [[nodiscard]] virtual std::optional<Clock::time_point> turn_due() const { return std::nullopt; }

  // No packet enters the source any more and `accepted_packets` entered this one and those before:
  // when they have all been taken, and what is made of them is finished, it has drained.
  virtual void drain(std::uint64_t accepted_packets) = 0;
  [[nodiscard]] virtual bool drained() const = 0;
  // Time is up: what is left is counted as lost. Any thread: a turn that is under way sees it at
  // its next block.
  virtual void abandon() {}

  // For the control thread to write.
  [[nodiscard]] KernelCounters& kernel_counters() { return kernel_counters_; }

 protected:
  KernelCounters kernel_counters_;
};

}  // namespace ringtail::capture
