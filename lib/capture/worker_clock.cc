#include "capture/worker_clock.h"

#include <algorithm>
#include <thread>

namespace ringtail::capture {
namespace {

std::uint64_t now_nanoseconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        WorkerClock::Clock::now().time_since_epoch())
                                        .count());
}

}  // namespace

WorkerClock::WorkerClock() : since_nanoseconds_(now_nanoseconds()) {}

void WorkerClock::change(WorkerState state, bool sleeping) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  constexpr auto kRelease = std::memory_order_release;
  const std::uint64_t now = now_nanoseconds();
  const std::uint32_t version = version_.load(kRelaxed);
  // Release on each member: a reader that acquires a new value also sees the odd version before it.
  version_.store(version + 1, kRelaxed);
  auto& spent = spent_nanoseconds_[static_cast<std::size_t>(state_.load(kRelaxed))];
  spent.store(spent.load(kRelaxed) + now - since_nanoseconds_.load(kRelaxed), kRelease);
  since_nanoseconds_.store(now, kRelease);
  state_.store(state, kRelease);
  sleeping_.store(sleeping, kRelease);
  version_.store(version + 2, kRelease);
}

WorkerClock::Reading WorkerClock::read() {
  constexpr auto kAcquire = std::memory_order_acquire;  // pairs with change()
  for (;; std::this_thread::yield()) {
    const std::uint32_t version = version_.load(kAcquire);
    Reading reading;
    for (std::size_t state = 0; state < reading.spent.size(); ++state) {
      reading.spent[state] = std::chrono::nanoseconds(spent_nanoseconds_[state].load(kAcquire));
    }
    const std::uint64_t since = since_nanoseconds_.load(kAcquire);
    const auto state = static_cast<std::size_t>(state_.load(kAcquire));
    const bool sleeping = sleeping_.load(kAcquire);
    if (version % 2 != 0 || version_.load(std::memory_order_relaxed) != version) continue;

    const std::uint64_t now = now_nanoseconds();
    if (now > since) reading.spent[state] += std::chrono::nanoseconds(now - since);
    // The worker may have left the state between the look at it and the look at the clock: then a
    // few nanoseconds were told that the next reading would take back.
    for (std::size_t one = 0; one < last_spent_.size(); ++one) {
      reading.spent[one] = last_spent_[one] = std::max(last_spent_[one], reading.spent[one]);
    }
    reading.last_progress = Clock::time_point(std::chrono::nanoseconds(sleeping ? now : since));
    return reading;
  }
}

}  // namespace ringtail::capture
