#include "capture/limit.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ringtail::capture {
namespace {

TEST(Limit, GivesWhatIsLeft) {
  Limit limit({.packets = 10}, [] {});
  EXPECT_EQ(limit.take_packets(7), 7U);
  EXPECT_FALSE(limit.used_up());
  EXPECT_EQ(limit.take_packets(7), 3U);
  EXPECT_TRUE(limit.used_up());
  EXPECT_EQ(limit.take_packets(1), 0U);
}

TEST(Limit, GivesEverythingOfWhatHasNone) {
  Limit limit({.bytes = 1}, [] {});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(limit.take_packets(LimitOptions::kNone - 1), LimitOptions::kNone - 1);
  EXPECT_FALSE(limit.used_up());
}

TEST(Limit, IsReachedOnce) {
  int calls = 0;
  Limit limit({}, [&calls] { ++calls; });
  EXPECT_FALSE(limit.reached());
  limit.reach();
  limit.reach();
  EXPECT_TRUE(limit.reached());
  EXPECT_EQ(calls, 1);
}

TEST(Limit, IsNeverExceededByThreadsThatShareIt) {
  constexpr std::uint64_t kPackets = 100'003;
  Limit limit({.packets = kPackets}, [] {});
  std::vector<std::uint64_t> taken(4);
  std::vector<std::thread> threads;
  threads.reserve(taken.size());
  for (std::uint64_t& mine : taken) {
    threads.emplace_back([&limit, &mine] {
      while (const std::uint64_t got = limit.take_packets(7)) mine += got;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken[0] + taken[1] + taken[2] + taken[3], kPackets);
}

}  // namespace
}  // namespace ringtail::capture
