#include "base/in_parallel.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace ringtail::base {
namespace {

TEST(InParallel, MakesEachCallOnce) {
  std::array<std::atomic<int>, 3 * kMaxParallelCalls + 1> calls{};
  const auto thrown = in_parallel("test", calls.size(), [&](std::size_t call) { ++calls[call]; });
  EXPECT_TRUE(std::ranges::all_of(calls, [](const auto& count) { return count == 1; }));
  EXPECT_EQ(thrown, std::vector<std::exception_ptr>(calls.size()));
}

TEST(InParallel, DoesNothingForNoCall) {
  EXPECT_TRUE(in_parallel("test", 0, [](std::size_t) { FAIL(); }).empty());
}

TEST(InParallel, MakesASingleCallOnTheThreadItself) {
  std::thread::id caller;
  (void)in_parallel("test", 1, [&](std::size_t) { caller = std::this_thread::get_id(); });
  EXPECT_EQ(caller, std::this_thread::get_id());
}

// Each call waits for all others of its round: with fewer at once none would ever return.
TEST(InParallel, HasAsManyUnderWayAsAllowedAndNoMore) {
  std::barrier all(kMaxParallelCalls);
  std::atomic<std::size_t> under_way = 0;
  std::atomic<std::size_t> most = 0;
  (void)in_parallel("test", 4 * kMaxParallelCalls, [&](std::size_t) {
    const std::size_t now = ++under_way;
    for (std::size_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
    all.arrive_and_wait();
    --under_way;
  });
  EXPECT_EQ(most, kMaxParallelCalls);
}

TEST(InParallel, ReturnsWhatEachCallHasThrownInTheirOrder) {
  const auto thrown = in_parallel("test", 100, [](std::size_t call) {
    if (call % 10 == 3) throw std::runtime_error("call " + std::to_string(call));
  });
  ASSERT_EQ(thrown.size(), 100U);
  for (std::size_t call = 0; call < thrown.size(); ++call) {
    if (call % 10 != 3) {
      EXPECT_EQ(thrown[call], nullptr);
      continue;
    }
    try {
      std::rethrow_exception(thrown[call]);
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), "call " + std::to_string(call));
    }
  }
}

TEST(InParallel, NamesItsThreads) {
  std::barrier all(kMaxParallelCalls);
  std::mutex mutex;
  std::multiset<std::string> names;
  (void)in_parallel("opener", kMaxParallelCalls, [&](std::size_t) {
    all.arrive_and_wait();  // each is on a thread of its own
    std::array<char, 16> name{};
    (void)::pthread_getname_np(::pthread_self(), name.data(), name.size());
    const std::lock_guard lock(mutex);
    names.insert(name.data());
  });
  EXPECT_EQ(names.count("opener"), kMaxParallelCalls - 1);
}

// As where the unit's TasksMax is reached.
TEST(InParallel, MakesAllCallsWhereNoFurtherThreadCanBeHad) {
  EXPECT_EXIT(
      {
        pthread_attr_t attributes;
        (void)::pthread_attr_init(&attributes);
        (void)::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50);  // nobody has so much
        (void)::pthread_setattr_default_np(&attributes);
        std::set<std::size_t> calls;  // of this thread alone
        (void)in_parallel("test", 50, [&](std::size_t call) { calls.insert(call); });
        std::_Exit(static_cast<int>(calls.size()));
      },
      testing::ExitedWithCode(50), "");
}

}  // namespace
}  // namespace ringtail::base
