#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/reload_plan.h"
#include "capture/ring_account.h"
#include "capture/ring_group.h"
#include "capture/snapshot.h"
#include "capture/surroundings.h"

namespace ringtail::capture {

// The rings of one interface for one capture, or for the TCP watch, whatever becomes of the
// interface. One that goes down and up keeps its rings, the kernel sees to that. When it is
// deleted, or another has its name or its link type, the rings are emptied to the last packet,
// given back, and opened anew, which needs neither more memory than before nor that there is an
// interface: new rings wait for it, and are bound as soon as it is there. The consumers and what
// they have counted stay.
//
// Control thread; the opener runs what takes long. It must have ended, or the worker threads and
// the opener have stopped, before it is destroyed.
class InterfaceRecording : public std::enable_shared_from_this<InterfaceRecording> {
 public:
  using Interface = std::shared_ptr<const InterfaceOptions>;

  // Rings that were opened for it, or why they could not be.
  struct Opened {
    Interface interface;
    RingGroupResult rings;
  };

  InterfaceRecording(const InterfaceRecording&) = delete;
  InterfaceRecording& operator=(const InterfaceRecording&) = delete;
  virtual ~InterfaceRecording() = default;

  // To the workers. Throws std::system_error; then it must be ended.
  void give_rings();
  // The workers run: lets packets in. Throws std::system_error, or, if it is dispensable, tries
  // again later.
  void open_filter();
  // After the links were looked at: if must_leave(), close the accounts' filters, wait until
  // nothing is on its way through them, and leave(); else bind_if_found().
  [[nodiscard]] bool must_leave() const;
  void leave();
  void bind_if_found();

  // These three for another filter. The one that the rings have now; none while they are being
  // replaced.
  [[nodiscard]] std::optional<TypedFilter> filter() const;
  // In place of that, at once. Throws std::system_error, and has changed nothing then.
  void change_filter(filter::Program program) { group_->change_filter(std::move(program)); }
  // From now on asks these options, for which the filter was changed to that if there is one; rings
  // that have another are replaced.
  void ask(Interface interface, const std::optional<TypedFilter>& filter);

  // Ends for good, once close_filters() has: takes what is left in the rings, finishes the files,
  // gives the rings back, then calls `ended`. What was going on comes to nothing.
  void end(const std::function<void()>& ended);
  [[nodiscard]] bool is_ending() const { return ended_; }
  [[nodiscard]] bool has_ended() const { return state_ == State::kEnded; }
  // What its workers have not taken by now is lost.
  void abandon();

  [[nodiscard]] const std::string& interface() const { return interface_->name; }
  [[nodiscard]] const std::vector<std::unique_ptr<RingAccount>>& accounts() const {
    return accounts_;
  }
  // Whether packets come in, as far as the interface is concerned.
  [[nodiscard]] Condition condition() const;

 protected:
  // With rings for it, which it binds if there is such an interface: LinkWatch knows. Throws why
  // they could not be opened and what RingGroup::bind() does, or, if it is dispensable, tries again
  // later. `whose` is for texts.
  enum class Need { kIndispensable, kDispensable };
  InterfaceRecording(const Surroundings& surroundings, std::string whose,
                     const RingGroupOptions& options, Opened opened, Need need);

  // One for each ring, before give_rings().
  void add(std::unique_ptr<RingAccount> account) { accounts_.push_back(std::move(account)); }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }

 private:
  using Clock = std::chrono::steady_clock;
  enum class State {
    kWaiting,    // for an interface: the rings are open
    kRecording,  // the rings are bound
    kLeaving,    // the workers take what is left in the rings
    kOpening,    // the opener gives the rings back and opens others
    kFailed,     // something of that was refused
    kEnded,
  };
  void bind_if_fit();
  void settle();
  void reopen();
  void take(const Interface& interface, RingGroupResult rings);
  void fail(const std::string& problem);
  void report(base::Severity severity, const std::string& text) const;
  [[nodiscard]] const std::optional<ring::Interface>& found() const {
    return surroundings_.links.found(interface_->name);
  }

  const Surroundings& surroundings_;
  std::string whose_;
  RingGroupOptions options_;
  Need need_;
  Interface interface_;
  std::unique_ptr<RingGroup> group_;
  std::vector<std::unique_ptr<RingAccount>> accounts_;  // one for each ring, whose leases they hold
  int hardware_type_;                                   // of the group, or of the last one
  State state_ = State::kWaiting;
  bool stale_ = false;  // the rings have another filter than is asked for
  bool ended_ = false;
  std::string failure_;  // until it records again
  std::optional<ring::Interface> failed_on_;
  Clock::time_point retry_at_;
};

}  // namespace ringtail::capture
