#include "store/uring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mapping.h"
#include "pcapfile/encoded_run.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

bool is_readable(int fd) {
  pollfd poll{fd, POLLIN, 0};
  return ::poll(&poll, 1, 0) == 1;
}

// The kernel's own io_uring, on a file in a folder of the test's.
class UringTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      uring_.emplace([this](const std::string& text) { reports_.push_back(text); });
    } catch (const std::system_error& error) {
      ASSERT_EQ(std::getenv("RINGTAIL_TESTS_MUST_NOT_SKIP"), nullptr) << error.what();
      GTEST_SKIP() << error.what();
    }
    file_.fd = base::UniqueFd(::open(path_.c_str(), O_CREAT | O_RDWR | O_DIRECT | O_CLOEXEC, 0600));
    file_.mode = WriteMode::kUring;
    ASSERT_TRUE(file_.fd) << "the test folder takes no direct writes";
    for (std::size_t i = 0; i < memory_.size(); ++i)
      memory_.data()[i] = static_cast<std::byte>('a' + i / pcapfile::kPageBytes);
  }

  UringWrite page(std::size_t number) {
    return {.file = &file_,
            .offset = number * pcapfile::kPageBytes,
            .data = memory_.bytes().subspan(number * pcapfile::kPageBytes, pcapfile::kPageBytes)};
  }
  [[nodiscard]] std::string on_disk() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  support::TempFolder folder_;
  std::string path_ = folder_.path() / "file";
  base::Mapping memory_ = base::Mapping::anonymous(16 * pcapfile::kPageBytes, "data");
  OpenFile file_;
  std::vector<std::string> reports_;
  std::optional<Uring> uring_;
};

TEST_F(UringTest, PutsEachWriteInItsPlaceFromRegisteredMemoryAndFromOther) {
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

TEST_F(UringTest, CanBeWaitedForUntilAWriteIsDone) {
  UringWrite write = page(0);
  EXPECT_FALSE(is_readable(uring_->fd()));
  uring_->submit(write);
  EXPECT_FALSE(uring_->push()) << "it is not done at once";
  pollfd poll{uring_->fd(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&poll, 1, 10'000)) < 0) ASSERT_EQ(errno, EINTR);
  ASSERT_EQ(ready, 1);
  EXPECT_EQ(write.state, UringWrite::State::kInFlight) << "before it was reaped";
  uring_->reap();
  EXPECT_EQ(write.state, UringWrite::State::kDone);
  EXPECT_FALSE(is_readable(uring_->fd()));
}

TEST_F(UringTest, PushesByItselfWhenEnoughWasSubmitted) {
  std::vector<UringWrite> writes;
  for (std::size_t number = 0; number < 16; ++number) writes.push_back(page(number));
  for (UringWrite& write : writes) uring_->submit(write);
  pollfd poll{uring_->fd(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&poll, 1, 10'000)) < 0) ASSERT_EQ(errno, EINTR);
  EXPECT_EQ(ready, 1);
  uring_->finish();
  EXPECT_EQ(on_disk(), std::string(reinterpret_cast<const char*>(memory_.data()), memory_.size()));
}

TEST_F(UringTest, TellsWhatTheKernelSaysOfAWriteThatFails) {
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

TEST_F(UringTest, IsUsedAgainAfterAnyNumberOfRefusals) {
  std::vector<UringWrite> writes;
  for (std::size_t number = 0; number < 16; ++number) writes.push_back(page(number));
  std::thread([&] {
    refuse_submissions();
    for (std::size_t number = 0; number < 15; ++number) {
      uring_->submit(writes[number]);
      if (number % 3 < 2) continue;  // pushed by twos and threes
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
  EXPECT_EQ(on_disk(), std::string(reinterpret_cast<const char*>(memory_.data()), memory_.size()));
}

TEST_F(UringTest, RegistersMemoryAgainWhereOtherWasGivenBack) {
  for (int round = 0; round < 1000; ++round) {
    const Uring::Memory memory = uring_->register_memory(memory_.bytes());
    ASSERT_TRUE(reports_.empty()) << round << ": " << reports_.front();
    ASSERT_TRUE(memory.slot_of(memory_.bytes().first(pcapfile::kPageBytes)));
    EXPECT_FALSE(memory.slot_of(std::as_bytes(std::span("elsewhere"))));
  }
}

TEST_F(UringTest, GivesMemoryBackWhenItsPlaceIsTakenByOther) {
  Uring::Memory first = uring_->register_memory(memory_.bytes().first(pcapfile::kPageBytes));
  first = uring_->register_memory(memory_.bytes().last(pcapfile::kPageBytes));
  EXPECT_FALSE(first.slot_of(memory_.bytes().first(pcapfile::kPageBytes)));
  UringWrite write = page(15);
  write.buffer_slot = first.slot_of(write.data);
  uring_->submit(write);
  uring_->finish();
  EXPECT_FALSE(write.error) << write.error.message();
}

TEST_F(UringTest, SaysWhyMemoryIsNotRegisteredAndWritesFromItAllTheSame) {
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

}  // namespace
}  // namespace ringtail::store
