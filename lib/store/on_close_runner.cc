#include "store/on_close_runner.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/thread.h"
#include "store/program.h"

namespace ringtail::store {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

constexpr int kLowestPriority = 19;
// Of ioprio_set(2). <linux/ioprio.h> has them, but since Debian's 6.1.192 it cannot be read as C++.
constexpr int kIoPriorityWhoProcess = 1;
constexpr int kIoPriorityClassIdle = 3 << 13;
constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What the thread has, its children inherit. Where it is refused they run all the same.
void take_lowest_priority() {
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLowestPriority);
  (void)::syscall(SYS_ioprio_set, kIoPriorityWhoProcess, 0, kIoPriorityClassIdle);
}

std::vector<std::string> command_for(const OnCloseOptions& options, const ClosedFile& file) {
  std::vector<std::string> command = options.command;
  command.push_back(std::filesystem::absolute(file.path).string());
  return command;
}

}  // namespace

struct OnCloseRunner::Hook {
  Hook(OnCloseOptions its_options, std::shared_ptr<OnCloseTotals> its_totals)
      : options(std::move(its_options)), totals(std::move(its_totals)) {}
  void count(OnCloseResult result) const {
    totals->runs[static_cast<std::size_t>(result)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::string name() const { return "on_close of capture " + options.capture; }

  OnCloseOptions options;
  std::shared_ptr<OnCloseTotals> totals;
  bool failing = false;               // the thread's: what was reported last
  std::atomic<bool> dropping{false};  // reported, until nothing waits any more
};

struct OnCloseRunner::Run {
  Run(boost::asio::io_context& context, std::shared_ptr<Hook> its_hook, const ClosedFile& file)
      : hook(std::move(its_hook)),
        program(command_for(hook->options, file), {kPath, "RINGTAIL_CAPTURE=" + file.capture,
                                                   "RINGTAIL_INTERFACE=" + file.interface}),
        ended(context, program.fd()),
        deadline(context),
        path(file.path.string()) {}
  ~Run() { (void)ended.release(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::shared_ptr<Hook> hook;
  Program program;
  Descriptor ended;  // borrows the program's
  boost::asio::steady_timer deadline;
  std::string path;
  bool timed_out = false;
};

OnCloseRunner::OnCloseRunner(base::Reporter report)
    : report_(std::move(report)), work_(context_.get_executor()) {}

OnCloseRunner::~OnCloseRunner() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void OnCloseRunner::start() {
  if (thread_.joinable()) return;
  thread_ = base::start_thread("on-close", [this] {
    take_lowest_priority();
    context_.run();
  });
}

void OnCloseRunner::adopt(std::vector<OnCloseOptions> options) {
  Hooks hooks;
  for (OnCloseOptions& capture : options) {
    const std::shared_ptr<Hook> known = find(capture.capture);
    if (known && known->options == capture) {
      hooks.push_back(known);
    } else if (known || !capture.command.empty()) {
      auto totals = known ? known->totals : std::make_shared<OnCloseTotals>();
      if (!known) totals->capture = capture.capture;
      hooks.push_back(std::make_shared<Hook>(std::move(capture), std::move(totals)));
    }
  }
  hooks_ = hooks;
  boost::asio::post(context_, [this, hooks = std::move(hooks)] { known_ = hooks; });
}

std::shared_ptr<OnCloseRunner::Hook> OnCloseRunner::find(const std::string& capture) const {
  const auto found = std::ranges::find_if(
      hooks_, [&](const auto& hook) { return hook->options.capture == capture; });
  return found == hooks_.end() ? nullptr : *found;
}

void OnCloseRunner::submit(const ClosedFile& file) {
  const std::shared_ptr<Hook> hook = find(file.capture);
  if (!hook || hook->options.command.empty()) return;
  if (waiting_count_.fetch_add(1, std::memory_order_relaxed) >= kMostWaiting) {
    if (!hook->dropping.exchange(true, std::memory_order_relaxed))
      report_(base::Severity::kError,
              hook->name() + ": files come faster than it ends; some are not handed to it");
    return drop(*hook);
  }
  boost::asio::post(context_, [this, hook, file] {
    if (killed_) return drop(*hook);
    waiting_.push_back({hook, file});
    begin_waiting();
  });
}

void OnCloseRunner::drop(Hook& hook) {
  waiting_count_.fetch_sub(1, std::memory_order_relaxed);
  hook.count(OnCloseResult::kDropped);
}

void OnCloseRunner::begin_waiting() {
  while (!waiting_.empty() && running_.size() < kMostRunning) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_count_.fetch_sub(1, std::memory_order_relaxed);
    begin(next.hook, next.file);
  }
  if (!waiting_.empty()) return;
  for (const auto& hook : known_)
    if (hook->dropping.exchange(false, std::memory_order_relaxed))
      report_(base::Severity::kInfo, hook->name() + ": every file is handed to it again");
}

void OnCloseRunner::begin(const std::shared_ptr<Hook>& hook, const ClosedFile& file) {
  try {
    running_.emplace_back(context_, hook, file);
  } catch (const std::system_error& error) {
    return finish(*hook, OnCloseResult::kFailed, error.what());
  }
  const auto run = std::prev(running_.end());
  await_end(run);
  run->deadline.expires_after(hook->options.timeout);
  run->deadline.async_wait([this, run](const boost::system::error_code& cancelled) {
    if (!cancelled) pass_deadline(*run);
  });
}

// A wake-up proves nothing: asio may hand one that was meant for a descriptor which is gone to the
// next one that it registers.
void OnCloseRunner::await_end(std::list<Run>::iterator run) {
  run->ended.async_wait(Descriptor::wait_read, [this, run](const boost::system::error_code& error) {
    if (error) return;
    if (const std::optional<int> status = run->program.reap())
      end(run, *status);
    else
      await_end(run);
  });
}

// Twice: first it is asked to end, then it is ended.
void OnCloseRunner::pass_deadline(Run& run) {
  run.program.signal(run.timed_out ? SIGKILL : SIGTERM);
  if (std::exchange(run.timed_out, true)) return;
  run.deadline.expires_after(kTermTime);
  run.deadline.async_wait([this, &run](const boost::system::error_code& cancelled) {
    if (!cancelled) pass_deadline(run);
  });
}

void OnCloseRunner::end(std::list<Run>::iterator run, int status) {
  Hook& hook = *run->hook;
  const std::string what = hook.options.command[0] + " " + run->path + " ";
  if (run->timed_out)
    finish(hook, OnCloseResult::kTimeout, what + "did not end in time, and was ended");
  else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    finish(hook, OnCloseResult::kOk, "");
  else
    finish(hook, OnCloseResult::kFailed, what + describe_wait_status(status));
  // Not here: the timer's handler may be on its way, and refers to the run.
  run->deadline.cancel();
  boost::asio::post(context_, [this, run] {
    running_.erase(run);
    begin_waiting();
    tell_if_closed();
  });
}

void OnCloseRunner::finish(Hook& hook, OnCloseResult result, const std::string& what) {
  hook.count(result);
  const bool fails = result != OnCloseResult::kOk;
  if (std::exchange(hook.failing, fails) == fails) return;
  if (fails)
    report_(base::Severity::kError, hook.name() + ": " + what);
  else
    report_(base::Severity::kInfo, hook.name() + ": it works again");
}

void OnCloseRunner::close(const boost::asio::any_io_executor& executor,
                          std::function<void()> closed) {
  if (!thread_.joinable()) return boost::asio::post(executor, std::move(closed));
  boost::asio::post(context_, [this, executor, closed = std::move(closed)] {
    closed_ = [executor, closed] { boost::asio::post(executor, closed); };
    tell_if_closed();
  });
}

void OnCloseRunner::tell_if_closed() {
  if (closed_ && running_.empty() && waiting_.empty()) std::exchange(closed_, nullptr)();
}

void OnCloseRunner::kill() {
  boost::asio::post(context_, [this] {
    killed_ = true;
    if (!running_.empty() || !waiting_.empty())
      report_(base::Severity::kWarning,
              "on_close: " + std::to_string(running_.size()) + " programs are killed, " +
                  std::to_string(waiting_.size()) + " files are not handed to theirs");
    for (const Waiting& waiting : std::exchange(waiting_, {})) drop(*waiting.hook);
    for (Run& run : running_) {
      run.timed_out = true;
      run.program.signal(SIGKILL);
    }
    tell_if_closed();
  });
}

OnCloseTotalsList OnCloseRunner::totals() const {
  OnCloseTotalsList totals;
  for (const auto& hook : hooks_) totals.push_back(hook->totals);
  return totals;
}

}  // namespace ringtail::store
