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
//
// One thread constructs, starts and closes it; the thread of the files, which may be another,
// adopts and submits once it runs.
class OnCloseRunner {
 public:
  static constexpr std::size_t kMostRunning = 2;
  static constexpr std::size_t kMostWaiting = 256;
  static constexpr std::chrono::seconds kTermTime{5};

  explicit OnCloseRunner(base::Reporter report);
  // Kills what runs.
  ~OnCloseRunner();
  OnCloseRunner(const OnCloseRunner&) = delete;
  OnCloseRunner& operator=(const OnCloseRunner&) = delete;

  // Does nothing if it has been started. Throws std::system_error.
  void start();
  // The captures and programs from now on, of captures without a command nothing is run; files that
  // wait keep the program that they were submitted for. A capture's totals go on as long as it is
  // there.
  void adopt(std::vector<OnCloseOptions> options);
  // Never blocks. Files of captures without a program are ignored.
  void submit(const ClosedFile& file);
  // No file follows: `closed` is called on the executor when none waits or runs any more.
  void close(const boost::asio::any_io_executor& executor, std::function<void()> closed);
  // Kills what runs and drops what waits.
  void kill();

  // One for each capture that has, or had, a program; of the thread of the files.
  [[nodiscard]] OnCloseTotalsList totals() const;

 private:
  struct Hook;
  struct Run;

  using Hooks = std::vector<std::shared_ptr<Hook>>;

  [[nodiscard]] std::shared_ptr<Hook> find(const std::string& capture) const;
  void begin_waiting();
  void begin(const std::shared_ptr<Hook>& hook, const ClosedFile& file);
  void await_end(std::list<Run>::iterator run);
  void pass_deadline(Run& run);
  void end(std::list<Run>::iterator run, int status);
  void drop(Hook& hook);
  void finish(Hook& hook, OnCloseResult result, const std::string& what);
  void tell_if_closed();

  struct Waiting {
    std::shared_ptr<Hook> hook;
    ClosedFile file;
  };

  base::Reporter report_;
  Hooks hooks_;
  std::atomic<std::size_t> waiting_count_ = 0;  // submitted, and not begun or dropped yet

  // Of the thread.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Hooks known_;  // the same, as it knows them
  std::deque<Waiting> waiting_;
  std::list<Run> running_;
  bool killed_ = false;
  std::function<void()> closed_;  // posts to whoever waits
  std::thread thread_;
};

}  // namespace ringtail::store
