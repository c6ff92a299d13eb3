#include "filter/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace ringtail::filter {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{20'000};

TEST(ChildProcess, HandsBackWhatItWrote) {
  const std::string large(1'000'000, 'x');
  const ChildOutcome outcome = run_in_child([&](int pipe) { write_all(pipe, large); }, kLong);
  EXPECT_EQ(outcome.end, ChildEnd::kFinished);
  EXPECT_EQ(outcome.output, large);
}

TEST(ChildProcess, IsKilledAtItsDeadline) {
  const ChildOutcome outcome = run_in_child(
      [](int pipe) {
        write_all(pipe, "half");
        for (;;) ::pause();
      },
      milliseconds(100));
  EXPECT_EQ(outcome.end, ChildEnd::kDeadline);
  EXPECT_EQ(outcome.output, "half");
}

TEST(ChildProcess, MayCrash) {
  const ChildOutcome outcome = run_in_child([](int) { ::raise(SIGKILL); }, kLong);
  EXPECT_EQ(outcome.end, ChildEnd::kCrashed);
}

TEST(ChildProcess, MayThrow) {
  const ChildOutcome outcome = run_in_child([](int) { throw std::runtime_error("x"); }, kLong);
  EXPECT_EQ(outcome.end, ChildEnd::kCrashed);
}

TEST(ChildProcess, KeepsItsParentsSignalsFromItself) {
  const ChildOutcome outcome = run_in_child(
      [](int pipe) {
        ::raise(SIGTERM);
        ::raise(SIGINT);
        write_all(pipe, "alive");
      },
      kLong);
  EXPECT_EQ(outcome.output, "alive");
}

TEST(ChildProcess, LeavesTheParentsSignalMaskAsItWas) {
  sigset_t before;
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  (void)run_in_child([](int) {}, kLong);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < 32; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

TEST(ChildProcess, NeedsNoStatusWhereChildrenAreIgnored) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const ChildOutcome outcome = run_in_child([](int pipe) { write_all(pipe, "done"); }, kLong);
  (void)std::signal(SIGCHLD, before);
  EXPECT_EQ(outcome.end, ChildEnd::kFinished);
  EXPECT_EQ(outcome.output, "done");
}

}  // namespace
}  // namespace ringtail::filter
