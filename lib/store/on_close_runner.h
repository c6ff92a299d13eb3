#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include "base/report.h"
#include "store/on_close.h"

namespace ringtail::store {

// Runs the captures' programs for their closed files: one run a file, a few at once, each with a
// deadline, all on a thread of its own at the lowest priority, which the programs inherit. Files
// that come faster than their programs end wait, a bounded number of them; the rest are dropped and
// counted. A run at its deadline gets SIGTERM, kTermTime later SIGKILL; whatever it leaves running
// in its process group is killed at its end.
//
// What goes wrong and what works again is reported once per change, from any thread. A file may be
// deleted to make room while it waits or its program runs.
class OnCloseRunner {
 public:
  static constexpr std::size_t kMostRunning = 2;
  static constexpr std::size_t kMostWaiting = 256;
  static constexpr std::chrono::seconds kTermTime{5};

  // Of captures without a command nothing is run.
  OnCloseRunner(std::vector<OnCloseOptions> options, base::Reporter report);
  // Kills what runs.
  ~OnCloseRunner();
  OnCloseRunner(const OnCloseRunner&) = delete;
  OnCloseRunner& operator=(const OnCloseRunner&) = delete;

  void start();
  // Any thread; never blocks. Files of captures without a program are ignored.
  void submit(const ClosedFile& file);
  // No file follows: `closed` is called on the executor when none waits or runs any more.
  void close(const boost::asio::any_io_executor& executor, std::function<void()> closed);
  // Kills what runs and drops what waits.
  void kill();

  // One for each capture with a program.
  [[nodiscard]] std::vector<const OnCloseTotals*> totals() const;

 private:
  struct Hook;
  struct Run;

  Hook* find(const std::string& capture);
  void begin_waiting();
  void begin(Hook& hook, const ClosedFile& file);
  void await_end(std::list<Run>::iterator run);
  void pass_deadline(Run& run);
  void end(std::list<Run>::iterator run, int status);
  void drop(Hook& hook);
  void finish(Hook& hook, OnCloseResult result, const std::string& what);
  void tell_if_closed();

  struct Waiting {
    Hook* hook;
    ClosedFile file;
  };

  base::Reporter report_;
  std::vector<std::unique_ptr<Hook>> hooks_;
  std::atomic<std::size_t> waiting_count_ = 0;  // submitted, and not begun or dropped yet

  // Of the thread.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::deque<Waiting> waiting_;
  std::list<Run> running_;
  bool killed_ = false;
  std::function<void()> closed_;  // posts to whoever waits
  std::thread thread_;
};

}  // namespace ringtail::store
