#include "filter/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::filter {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxOutputBytes = std::size_t{4} << 20;

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// Kills the child, unless it has ended, and takes its status.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    (void)wait();
  }

  // Whether it ended by itself and in order. Where SIGCHLD is ignored there is no status; then what
  // it wrote has to speak for it.
  [[nodiscard]] bool wait() {
    int status = 0;
    pid_t ended = 0;
    do {
      ended = ::waitpid(pid_, &status, 0);
    } while (ended < 0 && errno == EINTR);
    pid_ = -1;
    return ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }

 private:
  pid_t pid_;
};

[[noreturn]] void be_child(const std::function<void(int)>& work, int pipe, pid_t parent,
                           std::chrono::milliseconds deadline) {
  // It must outlive neither its parent nor, should that be stopped, its time by much.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(deadline).count() + 2;
  const rlimit processor_time{static_cast<rlim_t>(seconds), static_cast<rlim_t>(seconds)};
  ::setrlimit(RLIMIT_CPU, &processor_time);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  try {
    work(pipe);
  } catch (...) {
    ::_exit(1);  // no frame above this one is the child's
  }
  ::_exit(0);
}

// Until the end of the file; false at the deadline, or when it is too much.
bool read_until(int fd, Clock::time_point deadline, std::string& output) {
  std::array<char, 16384> bytes;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || output.size() > kMaxOutputBytes) return false;
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready < 0 && errno != EINTR) base::throw_errno("poll", "the filter compiler's pipe");
    if (ready <= 0) continue;
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) base::throw_errno("read", "the filter compiler's pipe");
    if (got == 0) return true;
    output.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

ChildOutcome run_in_child(const std::function<void(int pipe)>& work,
                          std::chrono::milliseconds deadline) {
  std::array<int, 2> ends{};
  base::check(::pipe2(ends.data(), O_CLOEXEC), "pipe2", "for the filter compiler");
  const base::UniqueFd reader(ends[0]);
  base::UniqueFd writer(ends[1]);
  const Clock::time_point end = Clock::now() + deadline;
  const pid_t parent = ::getpid();
  pid_t pid = -1;
  {
    const BlockedSignals blocked;
    pid = ::fork();
    if (pid == 0) be_child(work, writer.get(), parent, deadline);
  }
  Child child(base::check(pid, "fork", "the filter compiler"));
  writer.reset();

  ChildOutcome outcome;
  if (!read_until(reader.get(), end, outcome.output)) {
    outcome.end = ChildEnd::kDeadline;
  } else {
    outcome.end = child.wait() ? ChildEnd::kFinished : ChildEnd::kCrashed;
  }
  return outcome;
}

bool write_all(int fd, const std::string& bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t put = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    written += static_cast<std::size_t>(put);
  }
  return true;
}

}  // namespace ringtail::filter
