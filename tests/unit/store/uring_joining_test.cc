#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "store/uring.h"
#include "unit/store/uring_fixture.h"

namespace ringtail::store {
namespace {

// Writes that the kernel takes as one.
class UringJoiningTest : public UringTest {};

// How many entries the kernel has completed so far, of the only io_uring of this process.
std::uint64_t completed_entries() {
  for (const auto& fd : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(fd, gone) != "anon_inode:[io_uring]") continue;
    std::ifstream info("/proc/self/fdinfo/" + fd.path().filename().string());
    for (std::string word; info >> word;) {
      std::uint64_t tail = 0;
      if (word == "CqTail:" && info >> tail) return tail;
    }
  }
  ADD_FAILURE() << "nothing to be read of an io_uring";
  return 0;
}

TEST_P(UringJoiningTest, HasTheKernelTakeWritesThatFollowEachOtherAsOne) {
  OpenFile other;
  other.fd = base::UniqueFd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  std::vector<UringWrite> writes{page(0), page(1), page(2), page(4), page(5), page(6)};
  writes.back().file = &other;
  const std::uint64_t before = completed_entries();
  for (UringWrite& write : writes) uring_->submit(write);
  uring_->finish();
  for (const UringWrite& write : writes) {
    EXPECT_EQ(write.state, UringWrite::State::kDone);
    EXPECT_FALSE(write.error) << write.error.message();
    EXPECT_EQ(write.next, nullptr);
  }
  EXPECT_EQ(completed_entries() - before, 3U) << "0 to 2, 4 and 5, and that of the other file";
  const std::string written(reinterpret_cast<const char*>(memory_.data()), memory_.size());
  EXPECT_EQ(on_disk().substr(0, 3 * pcapfile::kPageBytes),
            written.substr(0, 3 * pcapfile::kPageBytes));
  EXPECT_EQ(on_disk().substr(4 * pcapfile::kPageBytes),
            written.substr(4 * pcapfile::kPageBytes, 2 * pcapfile::kPageBytes));
}

bool kernel_is_at_least(int major, int minor) {
  utsname kernel{};
  EXPECT_EQ(::uname(&kernel), 0);
  int is_major = 0;
  int is_minor = 0;
  char dot = 0;
  std::istringstream(kernel.release) >> is_major >> dot >> is_minor;
  return std::pair(is_major, is_minor) >= std::pair(major, minor);
}

TEST_P(UringJoiningTest, HasItTakeThoseFromRegisteredMemoryAsOneSinceLinux6_15) {
  const Uring::Memory memory = uring_->register_memory(memory_.bytes());
  ASSERT_TRUE(reports_.empty()) << reports_.front();
  std::vector<UringWrite> writes{page(0), page(1), page(2)};
  for (UringWrite& write : writes) write.buffer_slot = memory.slot_of(write.data);
  const std::uint64_t before = completed_entries();
  for (UringWrite& write : writes) uring_->submit(write);
  uring_->finish();
  for (const UringWrite& write : writes) EXPECT_FALSE(write.error) << write.error.message();
  EXPECT_EQ(completed_entries() - before, kernel_is_at_least(6, 15) ? 1U : 3U);
  EXPECT_EQ(on_disk(),
            std::string(reinterpret_cast<const char*>(memory_.data()), 3 * pcapfile::kPageBytes));
}

TEST_P(UringJoiningTest, TakesNoOtherWriteAlongWithOneThatFails) {
  std::vector<UringWrite> writes{page(0), page(1), page(2), page(3)};
  ASSERT_EQ(::mprotect(memory_.data() + 2 * pcapfile::kPageBytes, pcapfile::kPageBytes, PROT_NONE),
            0);
  for (UringWrite& write : writes) uring_->submit(write);
  uring_->finish();
  for (std::size_t number = 0; number < writes.size(); ++number) {
    EXPECT_EQ(writes[number].state, UringWrite::State::kDone);
    EXPECT_EQ(writes[number].error.value(), number == 2 ? EFAULT : 0) << number;
  }
  std::string expected;
  for (const char page : {'a', 'b', '\0', 'd'}) expected.append(pcapfile::kPageBytes, page);
  EXPECT_EQ(on_disk(), expected);
}

// While it lives this process writes no file beyond a size.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::size_t bytes) : signal_before_(::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    (void)::signal(SIGXFSZ, signal_before_);
  }

 private:
  rlimit before_{};
  void (*signal_before_)(int);
};

TEST_P(UringJoiningTest, KnowsWhichOfTheWritesTakenAsOneAreWhole) {
  file_.fd = base::UniqueFd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));  // takes parts of pages
  std::vector<UringWrite> writes{page(0), page(1), page(2), page(3)};
  {
    const FileSizeLimit limit(5 * pcapfile::kPageBytes / 2);
    for (UringWrite& write : writes) uring_->submit(write);
    uring_->finish();
  }
  for (std::size_t number = 0; number < writes.size(); ++number) {
    EXPECT_EQ(writes[number].state, UringWrite::State::kDone);
    EXPECT_EQ(writes[number].error.value(), number < 2 ? 0 : EFBIG) << number;
  }
  EXPECT_EQ(writes[2].data.size(), pcapfile::kPageBytes / 2) << "what is not written of it";
  EXPECT_EQ(on_disk(), std::string(reinterpret_cast<const char*>(memory_.data()),
                                   5 * pcapfile::kPageBytes / 2));
}

INSTANTIATE_TEST_SUITE_P(Each, UringJoiningTest,
                         testing::Values(Uring::Notice::kEvent, Uring::Notice::kInterrupt),
                         name_of_notice);

}  // namespace
}  // namespace ringtail::store
