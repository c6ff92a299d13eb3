// Preloaded into a program (LD_PRELOAD), lets its test set the wall clock that it alone sees. The
// file that RINGTAIL_TEST_CLOCK names holds two numbers of 8 bytes: by how many seconds the clock
// is ahead, which the test writes, and how often it was read, which is counted here.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

struct Clock {
  std::atomic<std::int64_t> seconds_ahead;
  std::atomic<std::uint64_t> readings;
};
static_assert(sizeof(Clock) == 16);

Clock* open_clock() {
  const char* path = std::getenv("RINGTAIL_TEST_CLOCK");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return nullptr;
  void* memory = ::mmap(nullptr, sizeof(Clock), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return memory == MAP_FAILED ? nullptr : static_cast<Clock*>(memory);
}

}  // namespace

extern "C" int clock_gettime(clockid_t id, struct timespec* time) noexcept {
  static Clock* const clock = open_clock();
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, id, time));
  if (clock != nullptr && id == CLOCK_REALTIME) {
    time->tv_sec += clock->seconds_ahead.load();
    clock->readings.fetch_add(1);
  }
  return result;
}
