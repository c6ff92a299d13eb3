#include "capture/write_rate.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace ringtail::capture {
namespace {

using namespace std::chrono_literals;

const WriteRate::Clock::time_point kStarted{5h};

// Blocks of this size that go in at this moment.
int blocks_at(WriteRate& rate, WriteRate::Clock::time_point now, std::uint64_t bytes) {
  int blocks = 0;
  for (; rate.has_room(now) && blocks < 1000; ++blocks) rate.take(bytes, now);
  return blocks;
}

TEST(WriteRate, IsNoneUntilOneIsSetAndNoneAgain) {
  WriteRate rate(0);
  EXPECT_EQ(blocks_at(rate, kStarted, 100), 1000);
  rate.set(1000);
  EXPECT_EQ(blocks_at(rate, kStarted, 100), 10);
  EXPECT_FALSE(rate.has_room(kStarted));
  rate.set(0);
  EXPECT_TRUE(rate.has_room(kStarted));
}

TEST(WriteRate, HoldsOneSecondOfItselfAndNoMore) {
  WriteRate rate(1000);
  EXPECT_EQ(blocks_at(rate, kStarted, 100), 10);
  EXPECT_EQ(blocks_at(rate, kStarted + 1h, 100), 10);
  EXPECT_EQ(blocks_at(rate, kStarted + 1h + 100ms, 100), 1);
  EXPECT_EQ(blocks_at(rate, kStarted + 1h + 400ms, 100), 3);
}

TEST(WriteRate, IsKeptOverTimeByBlocksThatAreLargerThanASecond) {
  WriteRate rate(1000);
  std::uint64_t bytes = 0;
  for (auto now = kStarted; now < kStarted + 1000s; now += 10ms) {
    bytes += 7000 * static_cast<std::uint64_t>(blocks_at(rate, now, 7000));
  }
  EXPECT_LE(bytes, 1'000'000U + 1000U + 7000U);
  EXPECT_GE(bytes, 1'000'000U - 7000U);
}

TEST(WriteRate, TakesNothingForRatesThatNothingReaches) {
  WriteRate rate(1ULL << 60);
  EXPECT_EQ(blocks_at(rate, kStarted, 1U << 20), 1000);
}

TEST(WriteRate, LosesNothingThatSeveralWorkersTake) {
  WriteRate rate(1'000'000);
  std::array<std::thread, 4> workers;
  for (std::thread& worker : workers) {
    worker = std::thread([&rate] {
      for (int block = 0; block < 25'000; ++block) rate.take(100, kStarted);
    });
  }
  for (std::thread& worker : workers) worker.join();
  // Ten seconds' worth, one of which was in the bucket.
  EXPECT_FALSE(rate.has_room(kStarted + 9s - 1us));
  EXPECT_TRUE(rate.has_room(kStarted + 9s + 1us));
}

}  // namespace
}  // namespace ringtail::capture
