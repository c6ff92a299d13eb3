#include "base/process_status.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/unique_fd.h"

namespace ringtail::base {
namespace {

TEST(ProcessStatus, CountsDescriptorsAndThreads) {
  std::thread([] {}).join();  // a sanitizer starts one of its own with the first
  const ProcessStatus before = read_process_status();
  const UniqueFd file(::open("/dev/null", O_RDONLY));
  std::atomic<bool> stop = false;
  std::thread thread([&] { stop.wait(false); });
  const ProcessStatus after = read_process_status();
  stop = true;
  stop.notify_all();
  thread.join();
  EXPECT_EQ(after.open_fds, before.open_fds + 1);
  EXPECT_EQ(after.threads, before.threads + 1);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(after.max_fds, limit.rlim_cur);
}

TEST(ProcessStatus, KnowsItsMemoryAndItsTime) {
  const ProcessStatus status = read_process_status();
  EXPECT_GT(status.resident_bytes, 1U << 20);
  EXPECT_GT(status.virtual_bytes, status.resident_bytes);
  EXPECT_GT(status.cpu_seconds, 0);
}

TEST(ProcessStatus, StartedBetweenTheBootAndNow) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const double start = boot_timestamp_seconds() + read_process_status().start_seconds_since_boot;
  EXPECT_LE(start, now.count());
  EXPECT_GT(start, now.count() - 600) << "the test began not long ago";
}

}  // namespace
}  // namespace ringtail::base
