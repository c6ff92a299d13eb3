#include "store/uring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mapping.h"
#include "pcapfile/encoded_run.h"
#include "unit/store/uring_fixture.h"

namespace ringtail::store {
namespace {

// What an event loop sees of a descriptor.
class Edges {
 public:
  explicit Edges(int fd) {
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {}};
    EXPECT_EQ(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), 0);
  }
  // Whether there is a new one.
  bool is_there() { return wait(0); }
  // Whether there is one soon.
  bool comes() { return wait(10'000); }

 private:
  bool wait(int milliseconds) {
    epoll_event event{};
    int ready = 0;
    while ((ready = ::epoll_wait(epoll_.get(), &event, 1, milliseconds)) < 0)
      EXPECT_EQ(errno, EINTR);
    return ready == 1;
  }

  base::UniqueFd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
};

TEST_P(UringTest, PutsEachWriteInItsPlaceFromRegisteredMemoryAndFromOther) {
  {
    const Uring::Memory half =
        uring_->register_memory(memory_.bytes().first(8 * pcapfile::kPageBytes));
    std::vector<UringWrite> writes;
    for (std::size_t number = 0; number < 16; ++number) {
      writes.push_back(page(number));
      writes.back().buffer_slot = half.slot_of(writes.back().data);
      EXPECT_EQ(writes.back().buffer_slot.has_value(), number < 8 && reports_.empty());
    }
    for (UringWrite& write : writes) uring_->submit(write);
    uring_->finish();
    for (const UringWrite& write : writes) {
      EXPECT_EQ(write.state, UringWrite::State::kDone);
      EXPECT_FALSE(write.error) << write.error.message();
    }
  }
  EXPECT_EQ(on_disk(), std::string(reinterpret_cast<const char*>(memory_.data()), memory_.size()));
}

TEST_P(UringTest, CanBeWaitedForUntilAWriteIsDone) {
  Edges edges(uring_->fd());
  EXPECT_FALSE(edges.is_there());
  constexpr int kWrites = 16;
  int seen = 0;  // more than writes, as on a busy machine the kernel may tell of one twice
  for (int number = 0; number < kWrites; ++number) {
    UringWrite write = page(static_cast<std::size_t>(number));
    uring_->submit(write);
    EXPECT_FALSE(uring_->push()) << "it is not done at once";
    EXPECT_EQ(write.state, UringWrite::State::kInFlight) << "before it was reaped";
    while (write.state == UringWrite::State::kInFlight && edges.comes()) {
      uring_->reap();
      ++seen;
    }
    EXPECT_EQ(write.state, UringWrite::State::kDone);
    uring_->finish();
  }
  for (; seen <= 2 * kWrites && edges.is_there(); ++seen) uring_->reap();
  EXPECT_LE(seen, 2 * kWrites) << "who waits for it would spin";
}

TEST_P(UringTest, TellsOfEachWriteWhateverIsReapedMeanwhile) {
  Edges edges(uring_->fd());
  constexpr std::size_t kWrites = 16;
  for (int round = 0; round < 100; ++round) {
    std::vector<UringWrite> writes;
    for (std::size_t number = 0; number < kWrites; ++number) writes.push_back(page(number));
    for (UringWrite& write : writes) {
      uring_->submit(write);
      (void)uring_->push();
      uring_->reap();
    }
    const auto done = [](const UringWrite& write) {
      return write.state == UringWrite::State::kDone;
    };
    while (!std::ranges::all_of(writes, done)) {
      if (!edges.comes()) {
        uring_->finish();  // they lie in this function
        FAIL() << "nobody tells of what has completed";
      }
      uring_->reap();
    }
  }
}

std::string read_proc(pid_t thread, const std::string& name) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// How often the thread has gone to sleep when it sleeps in a read(2).
std::string sleeps_until_read(pid_t thread) {
  while (!read_proc(thread, "syscall").starts_with(std::to_string(SYS_read) + " "))
    std::this_thread::yield();
  const std::string status = read_proc(thread, "status");
  const std::size_t begin = status.find("\nvoluntary_ctxt_switches:");
  EXPECT_NE(begin, status.npos);
  return status.substr(begin, status.find('\n', begin + 1) - begin);
}

// Its ends. It holds a page.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader = base::UniqueFd(ends[0]);
    writer = base::UniqueFd(ends[1]);
    EXPECT_GT(::fcntl(writer.get(), F_SETPIPE_SZ, static_cast<int>(pcapfile::kPageBytes)), 0);
  }
  void put(std::size_t bytes) const {
    const std::vector<char> data(bytes);
    EXPECT_EQ(::write(writer.get(), data.data(), bytes), static_cast<ssize_t>(bytes));
  }
  void take(std::size_t bytes) const {
    std::vector<char> data(bytes);
    EXPECT_EQ(::read(reader.get(), data.data(), bytes), static_cast<ssize_t>(bytes));
  }

  base::UniqueFd reader;
  base::UniqueFd writer;
};

TEST_P(UringTest, LetsAThreadSleepOnOnlyIfAnEventTells) {
  Pipe written;
  written.put(pcapfile::kPageBytes);
  file_.fd = std::move(written.writer);
  const Pipe told;
  Edges edges(uring_->fd());
  const pid_t sleeper = ::gettid();
  constexpr int kWrites = 20;
  int woken = 0;
  for (int number = 0; number < kWrites; ++number) {
    UringWrite write = page(0);  // for which there is no room until the pipe is read
    uring_->submit(write);
    EXPECT_FALSE(uring_->push());
    std::thread other([&] {
      const std::string before = sleeps_until_read(sleeper);
      written.take(pcapfile::kPageBytes);
      EXPECT_TRUE(edges.comes());
      if (sleeps_until_read(sleeper) != before) ++woken;
      told.put(1);
    });
    told.take(1);
    other.join();
    uring_->finish();
    EXPECT_EQ(write.state, UringWrite::State::kDone);
  }
  if (GetParam() == Uring::Notice::kInterrupt) {
    EXPECT_EQ(woken, kWrites) << "then the other way is not worth its code";
  } else {
    EXPECT_LE(woken, kWrites / 4);  // by the kernel's own thread for it, when that is started
  }
}

TEST_P(UringTest, PushesByItselfWhenEnoughWasSubmitted) {
  Edges edges(uring_->fd());
  std::vector<UringWrite> writes;
  for (std::size_t number = 0; number < 16; ++number) writes.push_back(page(number));
  for (UringWrite& write : writes) uring_->submit(write);
  EXPECT_TRUE(edges.comes());
  uring_->finish();
  EXPECT_EQ(on_disk(), std::string(reinterpret_cast<const char*>(memory_.data()), memory_.size()));
}

TEST_P(UringTest, TellsWhatTheKernelSaysOfAWriteThatFails) {
  file_.fd = base::UniqueFd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  UringWrite write = page(0);
  uring_->submit(write);
  uring_->finish();
  EXPECT_EQ(write.error.value(), ENOSPC);
}

// Of this thread, for good.
void refuse_submissions() {
  std::array program{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_enter, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{program.size(), program.data()};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

TEST_P(UringTest, IsUsedAgainAfterAnyNumberOfRefusals) {
  // First of writes that follow each other, then of such as do not.
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    std::vector<UringWrite> writes;
    for (std::size_t number = 0; number < 16; ++number) writes.push_back(page(number * step % 16));
    UringWrite first = page(15);
    uring_->submit(first);  // this is the thread that uses it, but for what is refused
    uring_->finish();
    std::thread([&] {
      refuse_submissions();
      for (std::size_t number = 0; number < 15; ++number) {
        uring_->submit(writes[number]);
        if (number % 3 < 2) continue;  // pushed by threes
        EXPECT_TRUE(uring_->push()) << "there is something to be taken";
        EXPECT_FALSE(uring_->push()) << "that was told";
        for (std::size_t done = 0; done <= number; ++done)
          EXPECT_EQ(writes[done].state, UringWrite::State::kDone) << done << " without io_uring";
      }
    }).join();
    uring_->submit(writes[15]);
    EXPECT_FALSE(uring_->push());
    EXPECT_EQ(writes[15].state, UringWrite::State::kInFlight);
    uring_->finish();
    for (const UringWrite& write : writes) EXPECT_FALSE(write.error) << write.error.message();
    EXPECT_EQ(on_disk(),
              std::string(reinterpret_cast<const char*>(memory_.data()), memory_.size()));
  }
}

TEST_P(UringTest, RegistersMemoryAgainWhereOtherWasGivenBack) {
  for (int round = 0; round < 1000; ++round) {
    const Uring::Memory memory = uring_->register_memory(memory_.bytes());
    ASSERT_TRUE(reports_.empty()) << round << ": " << reports_.front();
    ASSERT_TRUE(memory.slot_of(memory_.bytes().first(pcapfile::kPageBytes)));
    EXPECT_FALSE(memory.slot_of(std::as_bytes(std::span("elsewhere"))));
  }
}

TEST_P(UringTest, GivesMemoryBackWhenItsPlaceIsTakenByOther) {
  Uring::Memory first = uring_->register_memory(memory_.bytes().first(pcapfile::kPageBytes));
  first = uring_->register_memory(memory_.bytes().last(pcapfile::kPageBytes));
  EXPECT_FALSE(first.slot_of(memory_.bytes().first(pcapfile::kPageBytes)));
  UringWrite write = page(15);
  write.buffer_slot = first.slot_of(write.data);
  uring_->submit(write);
  uring_->finish();
  EXPECT_FALSE(write.error) << write.error.message();
}

TEST_P(UringTest, SaysWhyMemoryIsNotRegisteredAndWritesFromItAllTheSame) {
  std::optional<base::Mapping> unmapped = base::Mapping::anonymous(pcapfile::kPageBytes, "memory");
  const std::span<std::byte> wild = unmapped->bytes();
  unmapped.reset();
  const Uring::Memory memory = uring_->register_memory(wild);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_NE(reports_[0].find("RLIMIT_MEMLOCK"), std::string::npos);
  EXPECT_FALSE(memory.slot_of(wild));
  UringWrite write = page(0);
  write.buffer_slot = memory.slot_of(write.data);
  uring_->submit(write);
  uring_->finish();
  EXPECT_FALSE(write.error) << write.error.message();
}

INSTANTIATE_TEST_SUITE_P(Each, UringTest,
                         testing::Values(Uring::Notice::kEvent, Uring::Notice::kInterrupt),
                         name_of_notice);

}  // namespace
}  // namespace ringtail::store
