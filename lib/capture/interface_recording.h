#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/limit.h"
#include "capture/reload_plan.h"
#include "capture/ring_account.h"
#include "capture/ring_group.h"
#include "capture/snapshot.h"
#include "capture/surroundings.h"

namespace ringtail::capture {

// The recording of one interface for one capture, whatever becomes of the interface. One that goes
// down and up keeps its rings, the kernel sees to that. When it is deleted, or another has its name
// or its link type, the rings are emptied to the last packet, given back, and opened anew, which
// needs neither more memory than before nor that there is an interface: new rings wait for it, and
// are bound as soon as it is there. The recorders and what they have counted stay.
//
// Control thread; the opener runs what takes long. It must have ended, or the worker threads and
// the opener have stopped, before it is destroyed.
class InterfaceRecording : public std::enable_shared_from_this<InterfaceRecording> {
 public:
  using Options = std::shared_ptr<const CaptureOptions>;

  // With rings that were opened for it, which it binds if there is such an interface: LinkWatch
  // knows. Throws what RingGroup::bind() does.
  InterfaceRecording(const Surroundings& surroundings, Options capture, std::string interface,
                     const std::shared_ptr<Limit>& limit, std::unique_ptr<RingGroup> group);

  // To the workers. Throws std::system_error; then it must be ended.
  void give_rings();
  // Files may be made, if that is not so already.
  void connect();
  // The workers run: lets packets in. Throws std::system_error.
  void open_filter();
  // After the links were looked at: if must_leave(), close the accounts' filters, wait until
  // nothing is on its way through them, and leave(); else bind_if_found().
  [[nodiscard]] bool must_leave() const;
  void leave();
  void bind_if_found();

  // These three for other options that ask for the same rings. The filter that the rings have now;
  // none while they are being replaced.
  [[nodiscard]] std::optional<TypedFilter> filter() const;
  // In place of that, at once. Throws std::system_error, and has changed nothing then.
  void change_filter(filter::Program program) { group_->change_filter(std::move(program)); }
  // From now on goes by the options, for which the filter was changed to that if there is one;
  // rings that have another are replaced.
  void adopt(Options capture, const std::optional<TypedFilter>& filter);
  void use_limit(const std::shared_ptr<Limit>& limit);

  // Ends for good, once close_filters() has: takes what is left in the rings, finishes the files,
  // gives the rings back, then calls `ended`. What was going on comes to nothing.
  void end(std::function<void()> ended);
  [[nodiscard]] bool is_ending() const { return ended_; }
  [[nodiscard]] bool has_ended() const { return state_ == State::kEnded; }
  // What its workers have not taken by now is lost.
  void abandon();

  [[nodiscard]] const std::string& interface() const { return interface_; }
  [[nodiscard]] const std::vector<std::unique_ptr<RingAccount>>& accounts() const {
    return accounts_;
  }
  // By worker, with the reason why it does not record.
  [[nodiscard]] std::vector<RecorderSnapshot> snapshot() const;

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
  struct Opened {
    Options capture;  // for these
    std::unique_ptr<RingGroup> group;
    std::string error;  // why there is none
  };

  static Opened open(Options capture, const std::string& interface, int hardware_type);
  // Whether packets come in, as far as the interface is concerned.
  [[nodiscard]] Condition condition() const;
  void settle();
  void reopen();
  void take(Opened opened);
  void give_back(std::unique_ptr<RingGroup> group) const;
  void fail(const std::string& problem);
  void report(base::Severity severity, const std::string& text) const;
  [[nodiscard]] const std::optional<ring::Interface>& found() const {
    return surroundings_.links.found(interface_);
  }

  const Surroundings& surroundings_;
  Options capture_;
  std::string interface_;
  std::unique_ptr<RingGroup> group_;
  std::vector<std::unique_ptr<RingAccount>> accounts_;  // one for each ring, whose leases they hold
  int hardware_type_;                                   // of the group, or of the last one
  State state_ = State::kWaiting;
  bool connected_ = false;
  bool stale_ = false;  // the rings are not what the options ask for
  bool ended_ = false;
  std::string failure_;  // until it records again
  std::optional<ring::Interface> failed_on_;
  Clock::time_point retry_at_;
};

}  // namespace ringtail::capture
