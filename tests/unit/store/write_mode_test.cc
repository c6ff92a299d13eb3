#include "store/write_mode.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "base/mapping.h"
#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ChooseWriteMode, FindsOneThatWorksAndLeavesNothingBehind) {
  const support::TempFolder folder;
  const WriteMode mode = choose_write_mode(folder.path(), ModeChoice::kAuto).mode;
  EXPECT_FALSE(name_of(mode).empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ChooseWriteMode, RemovesWhatARunLeftThatWasKilledWhileItChoseAndNothingElse) {
  const support::TempFolder folder;
  const auto theirs = folder.path() / ".ringtail-probe-theirs";
  for (const auto& path :
       {folder.path() / ".ringtail-probe", folder.path() / ".ringtail-probe-renamed", theirs})
    std::ofstream(path) << "x" << std::flush;
  (void)choose_write_mode(folder.path(), ModeChoice::kAuto);
  const std::filesystem::directory_iterator left(folder.path());
  EXPECT_EQ(left->path(), theirs);
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
}

TEST(ChooseWriteMode, FindsABufferedOneWhenAsked) {
  const support::TempFolder folder;
  EXPECT_EQ(open_flags(choose_write_mode(folder.path(), ModeChoice::kBufferedOnly).mode), 0);
}

TEST(ChooseWriteMode, SaysWhichFolderCannotBeWritten) {
  const support::TempFolder folder;
  const auto gone = folder.path() / "gone";
  try {
    (void)choose_write_mode(gone, ModeChoice::kAuto);
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_NE(std::string(error.what()).find(gone.string()), std::string::npos);
  }
}

TEST(WriteFully, PutsEveryByteInItsPlaceInEachMode) {
  const support::TempFolder folder;
  const base::Mapping memory = base::Mapping::anonymous(3 * 4096, "data");
  for (std::size_t i = 0; i < memory.size(); ++i) memory.data()[i] = static_cast<std::byte>(i * 7);
  const WriteMode best = choose_write_mode(folder.path(), ModeChoice::kAuto).mode;
  for (const WriteMode mode :
       {best, choose_write_mode(folder.path(), ModeChoice::kBufferedOnly).mode,
        WriteMode::kDropBehind}) {
    const auto path = folder.path() / "file";
    const int flags = O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | open_flags(mode);
    const base::UniqueFd file(::open(path.c_str(), flags, 0600));
    ASSERT_TRUE(file);
    for (std::uint64_t offset = 0; offset < 2000 * 4096; offset += memory.size()) {
      ASSERT_FALSE(write_fully(file.get(), mode, offset, memory.bytes()));
    }
    drop_cached_pages(file.get(), mode);
    const std::string read = contents(path);
    for (std::size_t offset = 0; offset + memory.size() <= read.size(); offset += memory.size()) {
      ASSERT_EQ(std::memcmp(read.data() + offset, memory.data(), memory.size()), 0) << offset;
    }
  }
}

TEST(WriteFully, GoesOnAfterAShortWriteAndReportsWhatStopsIt) {
  const support::TempFolder folder;
  const auto path = folder.path() / "file";
  // A file size limit makes the kernel write a part and refuse the rest.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    (void)std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{5000, 5000};
    (void)::setrlimit(RLIMIT_FSIZE, &limit);
    const base::UniqueFd file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string data(8192, 'x');
    const std::error_code error =
        write_fully(file.get(), WriteMode::kDropBehind, 0, std::as_bytes(std::span(data)));
    ::_exit(error.value() == EFBIG ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(contents(path).size(), 5000U) << "the part that fits is there";
}

TEST(WriteFully, ReportsAFailedWrite) {
  const base::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const std::string data(4096, 'x');
  EXPECT_EQ(
      write_fully(full.get(), WriteMode::kDropBehind, 0, std::as_bytes(std::span(data))).value(),
      ENOSPC);
}

}  // namespace
}  // namespace ringtail::store
