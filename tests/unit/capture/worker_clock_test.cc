#include "capture/worker_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

namespace ringtail::capture {
namespace {

using Clock = WorkerClock::Clock;

void spend(std::chrono::nanoseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

TEST(WorkerClock, AddsTheTimeToTheStateItWasSpentIn) {
  WorkerClock clock;
  clock.enter(WorkerState::kEncoding);
  spend(std::chrono::milliseconds(2));
  clock.enter(WorkerState::kWaitingDisk);
  spend(std::chrono::milliseconds(3));
  clock.sleep(WorkerState::kIdle);
  const auto reading = clock.read();
  EXPECT_GE(reading.spent[0], std::chrono::milliseconds(2));
  EXPECT_GE(reading.spent[1], std::chrono::milliseconds(3));
}

TEST(WorkerClock, CountsTheStateThatLasts) {
  WorkerClock clock;
  clock.enter(WorkerState::kWaitingDisk);
  spend(std::chrono::milliseconds(2));
  EXPECT_GE(clock.read().spent[1], std::chrono::milliseconds(2));
}

TEST(WorkerClock, SleepingIsProgressAndWorkingForLongIsNot) {
  WorkerClock clock;
  clock.sleep(WorkerState::kIdle);
  spend(std::chrono::milliseconds(2));
  auto before = Clock::now();
  EXPECT_GE(clock.read().last_progress, before);
  clock.enter(WorkerState::kWaitingDisk);
  const auto entered = Clock::now();
  spend(std::chrono::milliseconds(2));
  EXPECT_LE(clock.read().last_progress, entered);
}

TEST(WorkerClock, ReadByAnotherThreadNeverGoesBackAndAddsUpToTheTimePassed) {
  WorkerClock clock;
  const auto begin = Clock::now();
  std::atomic<bool> done = false;
  std::thread worker([&] {
    for (int i = 0; !done; ++i) clock.enter(static_cast<WorkerState>(i % 3));
  });
  std::array<std::chrono::nanoseconds, 3> last{};
  for (int i = 0; i < 20'000; ++i) {
    const auto spent = clock.read().spent;
    const auto passed = Clock::now() - begin;
    for (std::size_t state = 0; state < 3; ++state) {
      ASSERT_GE(spent[state], last[state]);
      last[state] = spent[state];
    }
    // The clock was made a moment before `begin`.
    ASSERT_LE(std::accumulate(spent.begin(), spent.end(), std::chrono::nanoseconds(0)),
              passed + std::chrono::milliseconds(100));
  }
  done = true;
  worker.join();
}

}  // namespace
}  // namespace ringtail::capture
