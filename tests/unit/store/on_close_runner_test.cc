#include "store/on_close_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Words = std::vector<std::string>;
using namespace std::chrono_literals;

// A runner whose programs are shell commands: `$0` is the file's path. Real processes.
class OnCloseRunnerTest : public testing::Test {
 protected:
  void start(const Words& command, std::chrono::nanoseconds timeout = 1h) {
    runner_.emplace([this](base::Severity, const std::string& text) {
      const std::lock_guard lock(mutex_);
      said_.push_back(text);
    });
    runner_->adopt({{"web", command, timeout}, {"other", {}, timeout}});
    runner_->start();
  }
  void submit(const std::string& path, const std::string& capture = "web") {
    runner_->submit({path, capture, "eth0"});
  }
  // Until every file that was submitted is through.
  void close() {
    bool closed = false;
    runner_->close(control_.get_executor(), [&closed] { closed = true; });
    auto work = boost::asio::make_work_guard(control_);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!closed) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it does not end";
      control_.run_one_for(1s);
      control_.restart();
    }
  }
  [[nodiscard]] std::uint64_t runs(OnCloseResult result) const {
    return runner_->totals()[0]->runs[static_cast<std::size_t>(result)];
  }
  static void wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  [[nodiscard]] std::string output() const {
    std::ifstream file(out_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  support::TempFolder folder_;
  std::string out_ = folder_.path() / "out";
  std::mutex mutex_;
  std::vector<std::string> said_;
  boost::asio::io_context control_;  // outlives the runner's thread, which posts to it
  std::optional<OnCloseRunner> runner_;
};

TEST_F(OnCloseRunnerTest, HandsThePathBehindTheArgumentsAndSaysWhoseFileItIs) {
  start({"/bin/sh", "-c", "echo $0,$1,$2,$#,$RINGTAIL_CAPTURE,$RINGTAIL_INTERFACE > " + out_, "a b",
         "c"});
  submit("/x/file name");
  close();
  EXPECT_EQ(output(), "a b,c,/x/file name,2,web,eth0\n");
  EXPECT_EQ(runs(OnCloseResult::kOk), 1U);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(OnCloseRunnerTest, GivesItNothingOfOursAndTheLowestPriority) {
  start({"/bin/sh", "-c",
         "{ pwd; ls -l /proc/self/fd | grep -c -v -e null -e total -e /proc/; nice; "
         "grep -c -e HOME -e LD_ /proc/self/environ; } > " +
             out_ + "; kill -PIPE $$"});
  submit("/x");
  close();
  // One descriptor leads to `out`.
  EXPECT_EQ(output(), "/\n1\n19\n0\n");
  EXPECT_EQ(runs(OnCloseResult::kFailed), 1U) << "SIGPIPE is not ignored";
}

TEST_F(OnCloseRunnerTest, SaysOnceThatRunsFailAndOnceThatTheyWorkAgain) {
  start({"/bin/sh", "-c", "exit $(cat $0)"});
  for (const char* code : {"0", "3", "4", "0"}) {
    std::ofstream(out_) << code << std::flush;
    submit(out_);
    close();
  }
  EXPECT_EQ(runs(OnCloseResult::kOk), 2U);
  EXPECT_EQ(runs(OnCloseResult::kFailed), 2U);
  EXPECT_THAT(said_, ElementsAre("on_close of capture web: /bin/sh " + out_ + " exited with 3",
                                 "on_close of capture web: it works again"));
}

TEST_F(OnCloseRunnerTest, LetsEachOfManyShortRunsComeToItsOwnEnd) {
  constexpr std::uint64_t kFiles = 200;
  start({"/bin/sh", "-c", "/bin/true; echo $0 >> " + out_});
  for (std::uint64_t i = 0; i < kFiles; ++i) submit(std::to_string(i));
  close();
  EXPECT_EQ(runs(OnCloseResult::kOk), kFiles);
  const std::string told = output();
  EXPECT_EQ(std::ranges::count(told, '\n'), kFiles);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(OnCloseRunnerTest, CountsAProgramThatCannotBeStartedAsFailed) {
  start({folder_.path() / "gone"});
  submit("/x");
  close();
  EXPECT_EQ(runs(OnCloseResult::kFailed), 1U);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("gone: No such file or directory")));
}

TEST_F(OnCloseRunnerTest, EndsARunAtItsDeadlineWithAllThatItHasStarted) {
  start({"/bin/sh", "-c", "sleep 1000 & sleep 1000"}, 50ms);
  submit("/x");
  close();
  EXPECT_EQ(runs(OnCloseResult::kTimeout), 1U);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("did not end in time")));
}

TEST_F(OnCloseRunnerTest, KillsWhatIgnoresTheSignal) {
  start({"/bin/sh", "-c", "trap '' TERM; while :; do sleep 1000; done"}, 50ms);
  submit("/x");
  close();
  EXPECT_EQ(runs(OnCloseResult::kTimeout), 1U);
}

TEST_F(OnCloseRunnerTest, LeavesNothingRunningBehindAProgramThatEnds) {
  start({"/bin/sh", "-c", "sleep 1000 & echo $! > " + out_});
  submit("/x");
  close();
  const std::string pid = output().substr(0, output().find('\n'));
  wait_until([&pid] {
    std::ifstream status("/proc/" + pid + "/stat");
    const std::string text{std::istreambuf_iterator<char>(status), {}};
    return text.empty() || text.find(") Z") != text.npos;
  });
}

TEST_F(OnCloseRunnerTest, DropsAndCountsFilesThatComeFasterThanTheirProgramsEnd) {
  constexpr std::uint64_t kFiles = 300;
  start({"/bin/sleep"});  // as long as the path says
  for (std::uint64_t i = 0; i < kFiles; ++i) submit("1000");
  const std::uint64_t dropped = runs(OnCloseResult::kDropped);
  constexpr std::uint64_t kHeld = OnCloseRunner::kMostWaiting;
  EXPECT_LE(dropped, kFiles - kHeld);
  EXPECT_GE(dropped, kFiles - kHeld - OnCloseRunner::kMostRunning);
  runner_->kill();
  close();
  EXPECT_THAT(said_[0], HasSubstr("files come faster"));
  EXPECT_EQ(
      runs(OnCloseResult::kDropped) + runs(OnCloseResult::kFailed) + runs(OnCloseResult::kTimeout),
      kFiles);
}

TEST_F(OnCloseRunnerTest, KillsWhatRunsAndStartsNothingAfterwards) {
  start({"/bin/sh", "-c", "touch $0; sleep 1000"});
  submit(out_);
  wait_until([this] { return std::filesystem::exists(out_); });
  runner_->kill();
  submit(folder_.path() / "later");
  close();
  EXPECT_EQ(runs(OnCloseResult::kTimeout), 1U);
  EXPECT_EQ(runs(OnCloseResult::kDropped), 1U);
  EXPECT_THAT(said_[0], StartsWith("on_close: 1 programs are killed, 0 files"));
}

TEST_F(OnCloseRunnerTest, RunsAnotherProgramWhenToldToAndGoesOnCounting) {
  start({"/bin/sh", "-c", "echo first >> " + out_});
  submit("/a");
  runner_->adopt({{"web", {"/bin/sh", "-c", "echo second >> " + out_}, 1h}});
  submit("/b");
  runner_->adopt({{"web", {}, 1h}});
  submit("/c");
  close();
  std::istringstream lines(output());
  EXPECT_THAT((Words{std::istream_iterator<std::string>(lines), {}}),
              testing::UnorderedElementsAre("first", "second"));
  EXPECT_EQ(runs(OnCloseResult::kOk), 2U);
  runner_->adopt({});
  EXPECT_THAT(runner_->totals(), IsEmpty());
}

TEST_F(OnCloseRunnerTest, IgnoresFilesOfCapturesWithoutAProgram) {
  start({"/bin/false"});
  submit("/x", "other");
  submit("/x", "unknown");
  close();
  EXPECT_EQ(runs(OnCloseResult::kFailed), 0U);
  ASSERT_EQ(runner_->totals().size(), 1U);
}

}  // namespace
}  // namespace ringtail::store
