#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/snapshot.h"

namespace ringtail::capture {

// What the kernel counts for the recorded interfaces. It is asked on the opener's thread, as it
// answers under a lock that somebody may hold for long: a scrape has what was last read.
//
// Control thread, whose io_context must outlive it; the opener must have stopped before it is
// destroyed.
class InterfaceCounters {
 public:
  InterfaceCounters(boost::asio::io_context& control, boost::asio::thread_pool& opener,
                    base::Reporter report);

  // An interface that is recorded; it need not exist. `any` is no interface of its own.
  void add(const std::string& interface);
  // Forgets the others.
  void keep_only(const std::set<std::string>& interfaces);
  // Reads them, unless that is still under way since the last call.
  void read();
  // As it was read last, in the order of add(); nothing before that, or if it was refused.
  [[nodiscard]] const std::vector<InterfaceSnapshot>& last() const { return state_->last; }

 private:
  struct State {
    base::Reporter report;
    std::vector<InterfaceSnapshot> last = {};
    bool reading = false;
    std::string error = {};  // why the last reading failed
  };
  static void take(State& state, std::vector<InterfaceSnapshot> interfaces, std::string error);

  boost::asio::io_context& control_;
  boost::asio::thread_pool& opener_;
  std::vector<std::string> names_;
  std::shared_ptr<State> state_;  // answers may come when this is no more
};

}  // namespace ringtail::capture
