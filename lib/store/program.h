#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace ringtail::store {

// A program that runs as a child process, in a session and process group of its own: in `/`, with
// /dev/null as its input and outputs, no other descriptor of ours, no signal blocked or ignored,
// and this environment. It inherits the niceness and the I/O class of the thread that starts it.
//
// Used by one thread. Its end is learned from a pidfd, not from SIGCHLD, which other children of
// this process may need. The destructor kills what still runs.
class Program {
 public:
  // Throws std::system_error if it cannot be started. `command` begins with an absolute path.
  Program(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Readable when it has ended.
  [[nodiscard]] int fd() const { return pidfd_.get(); }
  // To its whole process group.
  void signal(int number) const;
  // If it has ended: kills what it has left running in its group, and returns the wait status.
  [[nodiscard]] std::optional<int> reap();

 private:
  int wait();

  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
};

// "exited with 3", "was killed by signal 9 (Killed)".
[[nodiscard]] std::string describe_wait_status(int status);

}  // namespace ringtail::store
