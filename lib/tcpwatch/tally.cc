#include "tcpwatch/tally.h"

#include <chrono>

namespace ringtail::tcpwatch {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;

constexpr std::chrono::seconds kTolerance{2};

// A bucket is opened when its second has begun, or later. One that is older by the steady clock
// than its second is by the wall clock is of the time before that was set back.
bool is_outdated(std::int64_t second, std::int64_t opened_at, const Moment& now) {
  const auto steady_age = now.steady - std::chrono::nanoseconds(opened_at);
  const auto wall_age = now.wall - std::chrono::seconds(second);
  return steady_age > wall_age + kTolerance;
}

void add(Table<std::atomic<std::uint64_t>>& sums, const Counts& counts) {
  for (std::size_t direction = 0; direction < kDirectionCount; ++direction) {
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
      auto& sum = sums[direction][kind];
      // Release, as in open(): who reads this also sees which second it is of.
      sum.store(sum.load(kRelaxed) + counts[direction][kind], kRelease);
    }
  }
}

Counts read(const Table<std::atomic<std::uint64_t>>& sums) {
  Counts counts;
  for (std::size_t direction = 0; direction < kDirectionCount; ++direction) {
    for (std::size_t kind = 0; kind < kKindCount; ++kind)
      counts[direction][kind] = sums[direction][kind].load(kAcquire);  // pairs with add(), open()
  }
  return counts;
}

}  // namespace

void Tally::count(std::uint8_t tcp_flags, Direction direction, std::int64_t second) {
  if (second != pending_second_) {
    publish();
    pending_second_ = second;
  }
  for (std::size_t kind = 0; kind < kKindCount; ++kind)
    cell(pending_, direction, Kind(kind)) += is_kind(Kind(kind), tcp_flags) ? 1 : 0;
}

void Tally::publish() {
  if (pending_second_ == kNone) return;
  if (is_recent(pending_second_)) {
    Bucket& bucket = buckets_[place_of(pending_second_)];
    const bool is_open = bucket.second.load(kRelaxed) == pending_second_ &&
                         !is_outdated(pending_second_, bucket.opened_at.load(kRelaxed), now_);
    if (!is_open) open(bucket, pending_second_);
    add(bucket.counts, pending_);
  }
  add(totals_, pending_);
  pending_ = {};
  pending_second_ = kNone;
}

// The seconds for which this is so have buckets of their own.
bool Tally::is_recent(std::int64_t second) const {
  return second >= 0 && second <= now_.second() && second > now_.second() - kSeconds;
}

void Tally::open(Bucket& bucket, std::int64_t second) const {
  // Release on each member: a reader that acquires a new value also sees that the bucket is
  // nobody's.
  bucket.second.store(kNone, kRelaxed);
  bucket.opened_at.store(now_.steady.count(), kRelease);
  for (auto& of_direction : bucket.counts) {
    for (auto& sum : of_direction) sum.store(0, kRelease);
  }
  bucket.second.store(second, kRelease);
}

Counts Tally::totals() const { return read(totals_); }

Counts Tally::in_second(std::int64_t second, const Moment& now) const {
  if (second < 0) return {};
  const Bucket& bucket = buckets_[place_of(second)];
  if (bucket.second.load(kAcquire) != second) return {};  // pairs with open()
  const Counts counts = read(bucket.counts);
  const std::int64_t opened_at = bucket.opened_at.load(kAcquire);
  // Whether it was another second's meanwhile.
  if (bucket.second.load(kRelaxed) != second || is_outdated(second, opened_at, now)) return {};
  return counts;
}

}  // namespace ringtail::tcpwatch
