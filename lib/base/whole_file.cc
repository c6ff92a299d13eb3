#include "base/whole_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::base {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kForever = Clock::time_point::max();

class Reader {
 public:
  Reader(const std::filesystem::path& path, std::chrono::milliseconds deadline)
      : path_(path.string()),
        // Opening a FIFO that nobody writes to would block.
        fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (!fd_) fail("cannot be opened", last_error());
    struct stat status {};
    is_fifo_ = ::fstat(fd_.get(), &status) == 0 && S_ISFIFO(status.st_mode);
    until_ = ::isatty(fd_.get()) != 0 ? kForever : Clock::now() + deadline;
  }

  std::string read_up_to(std::size_t size) {
    std::string text(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const ssize_t bytes = ::read(fd_.get(), text.data() + got, size - got);
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes < 0 && errno != EAGAIN) fail("cannot be read", last_error());
      if (bytes > 0) {
        got += static_cast<std::size_t>(bytes);
        continue;
      }
      // Before a FIFO's first writer it seems to be at its end (fifo(7)).
      const bool may_come = bytes < 0 || (is_fifo_ && got == 0);
      if (!may_come || !await_data()) break;
    }
    text.resize(got);
    return text;
  }

 private:
  // False if all writers have gone without a word.
  [[nodiscard]] bool await_data() const {
    pollfd wait{fd_.get(), POLLIN, 0};
    int ready = -1;
    do {
      ready = ::poll(&wait, 1, milliseconds_left());
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) fail("cannot be read", last_error());
    if (ready == 0)
      fail("cannot be read: its end did not come in time (is anybody writing to it?)",
           std::make_error_code(std::errc::stream_timeout));
    return (wait.revents & POLLIN) != 0;
  }
  [[nodiscard]] int milliseconds_left() const {
    if (until_ == kForever) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now()).count();
    return static_cast<int>(std::max(left, decltype(left){0}));
  }
  [[noreturn]] void fail(const char* what, std::error_code why) const {
    throw std::system_error(why, path_ + ": " + what);
  }

  std::string path_;
  UniqueFd fd_;
  bool is_fifo_ = false;
  Clock::time_point until_;
};

}  // namespace

std::string read_whole_file(const std::filesystem::path& path, std::size_t limit_bytes,
                            std::chrono::milliseconds deadline) {
  return Reader(path, deadline).read_up_to(limit_bytes + 1);
}

}  // namespace ringtail::base
