#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace ringtail::filter {

enum class ChildEnd { kFinished, kDeadline, kCrashed };

struct ChildOutcome {
  ChildEnd end = ChildEnd::kCrashed;
  std::string output;  // all that was written, also by a child that did not finish
};

// Runs `work` in a forked child, which writes to the pipe that it is given, and waits for it until
// the deadline, when the child is killed. libpcap may run for hours over a short text and cannot be
// interrupted, and a thread cannot enter a user namespace: a process can.
//
// The child has one thread and all signals blocked, so what is meant for this process does not
// reach its handlers twice. Call it from the thread that does the process's name look-ups. Throws
// std::system_error if there can be no child.
[[nodiscard]] ChildOutcome run_in_child(const std::function<void(int pipe)>& work,
                                        std::chrono::milliseconds deadline);

// Writes all of it, in the child; whether it could.
bool write_all(int fd, const std::string& bytes);

}  // namespace ringtail::filter
