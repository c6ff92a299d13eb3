#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/link_watch.h"
#include "capture/ring_account.h"
#include "capture/ring_group.h"
#include "capture/snapshot.h"

namespace ringtail::capture {

// The rings of one interface for one capture, or for the TCP watch, whatever becomes of the
// interface. One that goes
// down and up keeps its rings, the kernel sees to that. When it is deleted, or another has its name
// or its link type, the rings are emptied to the last packet, given back, and opened anew, which
// needs neither more memory than before nor that there is an interface: new rings wait for it, and
// are bound as soon as it is there. The consumers and what they have counted stay.
//
// Control thread; the opener runs what takes long. The worker threads and the opener must have
// stopped before it is destroyed; the consumers that its accounts refer to may not outlive it, as
// leases of its rings end with them.
class InterfaceRecording : public std::enable_shared_from_this<InterfaceRecording> {
 public:
  // What is there for all of them; outlives them.
  struct Surroundings {
    boost::asio::io_context& control;
    boost::asio::thread_pool& opener;  // of one thread
    const LinkWatch& links;
    const base::Reporter& report;
    std::function<void()> look;  // for who has something new: looks at all of them
  };

  // Opens the rings, and binds them if there is such an interface. Throws what RingGroup does, or,
  // if it is dispensable, tries again later. `whose` is for texts; `interface` must
  // outlive it.
  enum class Need { kIndispensable, kDispensable };
  InterfaceRecording(const Surroundings& surroundings, std::string whose,
                     const RingGroupOptions& options, const InterfaceOptions& interface,
                     std::vector<std::unique_ptr<RingAccount>> accounts,
                     Need need = Need::kIndispensable);

  // The workers run: lets packets in.
  void start();
  // After the links were looked at: if must_leave(), close the accounts' filters, wait until
  // nothing is on its way through them, and leave(); else bind_if_found().
  [[nodiscard]] bool must_leave() const;
  void leave();
  void bind_if_found();
  // The accounts are about to be drained: what is going on comes to nothing.
  void end() { ended_ = true; }

  [[nodiscard]] const std::vector<std::unique_ptr<RingAccount>>& accounts() const {
    return accounts_;
  }
  // Whether packets come in, as far as the interface is concerned.
  [[nodiscard]] Condition condition() const;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State {
    kWaiting,    // for an interface: the rings are open
    kRecording,  // the rings are bound
    kLeaving,    // the workers take what is left in the rings
    kOpening,    // the opener gives the rings back and opens others
    kFailed,     // something of that was refused
  };
  struct Opened {
    std::unique_ptr<RingGroup> group;
    std::string error;  // why there is none
  };

  static Opened open(const RingGroupOptions& options, const InterfaceOptions& interface,
                     int hardware_type);
  void open_first();
  void reopen();
  void take(Opened opened);
  void give_rings();
  void fail(const std::string& problem);
  void report(base::Severity severity, const std::string& text) const;
  [[nodiscard]] const std::optional<ring::Interface>& found() const {
    return surroundings_.links.found(interface_.name);
  }

  const Surroundings& surroundings_;
  std::string whose_;
  RingGroupOptions options_;
  const InterfaceOptions& interface_;
  std::vector<std::unique_ptr<RingAccount>> accounts_;  // one for each ring
  std::unique_ptr<RingGroup> group_;
  int hardware_type_;  // of the group, or of the last one
  State state_ = State::kWaiting;
  bool ended_ = false;
  std::string failure_;  // until it records again
  std::optional<ring::Interface> failed_on_;
  Clock::time_point retry_at_;
};

}  // namespace ringtail::capture
