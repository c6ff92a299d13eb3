#include "store/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/check.h"

namespace ringtail::store {
namespace {

// posix_spawn(3) and its kin return their error.
void check_spawn(int error, const std::string& subject) {
  if (error == 0) return;
  errno = error;
  base::throw_errno("posix_spawn", subject);
}

class SpawnAttributes {
 public:
  SpawnAttributes() {
    check_spawn(::posix_spawnattr_init(&attributes_), "attributes");
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    (void)::posix_spawnattr_setsigmask(&attributes_, &none);
    (void)::posix_spawnattr_setsigdefault(&attributes_, &all);
    (void)::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { (void)::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

class SpawnActions {
 public:
  SpawnActions() {
    check_spawn(::posix_spawn_file_actions_init(&actions_), "file actions");
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      check_spawn(::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0),
                  "file actions");
    }
    check_spawn(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1),
                "file actions");
    check_spawn(::posix_spawn_file_actions_addchdir_np(&actions_, "/"), "file actions");
  }
  ~SpawnActions() { (void)::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

// posix_spawn shares our memory until the program begins (CLONE_VFORK), where a fork would copy the
// page tables of all rings.
Program::Program(const std::vector<std::string>& command,
                 const std::vector<std::string>& environment) {
  const SpawnAttributes attributes;
  const SpawnActions actions;
  check_spawn(::posix_spawn(&pid_, command[0].c_str(), actions.get(), attributes.get(),
                            pointers_to(command).data(), pointers_to(environment).data()),
              command[0]);
  pidfd_ = base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) {
    const int reason = errno;
    signal(SIGKILL);
    (void)wait();
    errno = reason;
    base::throw_errno("pidfd_open", command[0], "it needs Linux 5.3");
  }
}

Program::~Program() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  (void)::waitpid(pid_, nullptr, WNOHANG);  // one that hangs in a system call is not waited for
}

void Program::signal(int number) const {
  if (pid_ > 0) (void)::kill(-pid_, number);
}

std::optional<int> Program::reap() {
  siginfo_t ended{};
  const int look = WEXITED | WNOHANG | WNOWAIT;
  if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, look) == 0 && ended.si_pid == 0) {
    return std::nullopt;
  }
  // Before the wait: until then nobody else can have its number.
  signal(SIGKILL);
  return wait();
}

int Program::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

std::string describe_wait_status(int status) {
  if (WIFEXITED(status)) return "exited with " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  return "was killed by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
}

}  // namespace ringtail::store
