#include "base/whole_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <system_error>
#include <thread>

#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace ringtail::base {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLimit = 100'000;

class WholeFile : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path fifo() const {
    std::filesystem::path path = folder_.path() / "fifo";
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    return path;
  }
  static std::string failure(const std::filesystem::path& path) {
    try {
      return "read: " + read_whole_file(path, kLimit, 10ms);
    } catch (const std::system_error& error) {
      return error.what();
    }
  }

  support::TempFolder folder_;
};

TEST_F(WholeFile, IsReadToItsEndOrOneBytePastTheLimit) {
  const auto path = folder_.path() / "file";
  std::ofstream(path) << std::string(kLimit, 'x');
  EXPECT_EQ(read_whole_file(path, kLimit), std::string(kLimit, 'x'));
  EXPECT_EQ(read_whole_file(path, 9), std::string(10, 'x'));
  EXPECT_EQ(read_whole_file("/dev/zero", 9).size(), 10U);
  EXPECT_EQ(read_whole_file("/dev/null", 9), "");
}

TEST_F(WholeFile, MayBeAPipeWhoseWriterHasGoneAlready) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd out(ends[0]);
  {
    const UniqueFd in(ends[1]);
    ASSERT_EQ(::write(in.get(), "tcp", 3), 3);
  }
  EXPECT_EQ(read_whole_file("/dev/fd/" + std::to_string(out.get()), kLimit), "tcp");
}

TEST_F(WholeFile, MayBeAFifoWhoseWriterComesLaterAndWritesMoreThanItHolds) {
  const auto path = fifo();
  const std::string text(kLimit, 'x');
  std::thread writer([&] { std::ofstream(path) << text; });
  EXPECT_EQ(read_whole_file(path, kLimit), text);
  writer.join();
}

TEST_F(WholeFile, ThatNobodyWritesIsNotWaitedForForEver) {
  const auto path = fifo();
  const std::string expected = path.string() +
                               ": cannot be read: its end did not come in time (is anybody writing "
                               "to it?): Timer expired";
  EXPECT_EQ(failure(path), expected);
  const UniqueFd silent(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(failure(path), expected);
  ASSERT_EQ(::write(silent.get(), "half", 4), 4);
  EXPECT_EQ(failure(path), expected);
}

TEST_F(WholeFile, ThatCannotBeReadIsNamed) {
  EXPECT_EQ(failure("/absent"), "/absent: cannot be opened: No such file or directory");
  EXPECT_EQ(failure("/"), "/: cannot be read: Is a directory");
}

}  // namespace
}  // namespace ringtail::base
