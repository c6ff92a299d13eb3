#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtail::store {

// How long writes took, for a histogram. Written by one worker, read by any thread; each member has
// no order with the others.
class WriteCounters {
 public:
  // The upper bounds of the buckets, a little more than three a decade apart; the last bucket has
  // none.
  static constexpr std::array<std::chrono::microseconds, 10> kBounds{
      std::chrono::microseconds(100),     std::chrono::microseconds(300),
      std::chrono::microseconds(1000),    std::chrono::microseconds(3000),
      std::chrono::microseconds(10000),   std::chrono::microseconds(30000),
      std::chrono::microseconds(100000),  std::chrono::microseconds(300000),
      std::chrono::microseconds(1000000), std::chrono::microseconds(3000000)};
  static constexpr std::size_t kBuckets = kBounds.size() + 1;

  void begin() { add(begun_, 1); }
  void end(std::chrono::nanoseconds took) {
    const auto bound = std::ranges::lower_bound(kBounds, took);
    add(writes_[static_cast<std::size_t>(bound - kBounds.begin())], 1);
    add(nanoseconds_, static_cast<std::uint64_t>(took.count()));
  }

  struct Totals {
    std::array<std::uint64_t, kBuckets> writes{};  // that have ended, by bucket
    std::chrono::nanoseconds time{0};              // of these
    std::uint64_t in_flight = 0;

    [[nodiscard]] std::uint64_t ended() const {
      std::uint64_t sum = 0;
      for (const std::uint64_t bucket : writes) sum += bucket;
      return sum;
    }
  };
  // Added to what is there, since a capture has several writers.
  void add_to(Totals& totals) const {
    std::uint64_t ended = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      const std::uint64_t writes = writes_[bucket].load(std::memory_order_relaxed);
      totals.writes[bucket] += writes;
      ended += writes;
    }
    totals.time += std::chrono::nanoseconds(nanoseconds_.load(std::memory_order_relaxed));
    // Read last: what has ended has begun, but it may not be seen so.
    const std::uint64_t begun = begun_.load(std::memory_order_relaxed);
    totals.in_flight += begun > ended ? begun - ended : 0;
  }

 private:
  // There is one writer: no read-modify-write is needed.
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t value) {
    counter.store(counter.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> begun_ = 0;
  std::atomic<std::uint64_t> nanoseconds_ = 0;
  std::array<std::atomic<std::uint64_t>, kBuckets> writes_{};
};

}  // namespace ringtail::store
