#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capture/capture_options.h"
#include "capture/captures.h"
#include "capture/reload_plan.h"
#include "capture/ring_group.h"
#include "capture/surroundings.h"
#include "store/on_close_runner.h"

namespace ringtail::capture {

// Brings what is recorded to other options, all or nothing: everything that can fail, or takes
// long, is done before the first change, and undone if it fails. The filters are compiled and the
// rings opened on the opener's thread, folders made on the disk thread; neither keeps the control
// thread, whose this object is.
class Reload : public std::enable_shared_from_this<Reload> {
 public:
  struct Outcome {
    std::vector<std::string> errors;   // if there are any, nothing has changed
    std::vector<std::string> changes;  // one line for each capture and for the storage
  };

  // `done` is called once, when the options are in force or are not to be. What leaves may still be
  // on its way to the disk then. Nothing is called if it is destroyed before.
  Reload(const Surroundings& surroundings, Captures& captures, store::OnCloseRunner& on_close,
         std::function<void(const Outcome&)> done);
  void begin(EngineOptions wanted);
  // Comes to nothing; `done` is not called.
  void cancel();

 private:
  // What the opener's thread brings.
  struct Opened {
    ReloadPlan plan;
    std::vector<std::vector<std::unique_ptr<RingGroup>>> groups;  // by capture and interface
    std::vector<RingGroupResult> watches;                         // for those that are new
    std::string error;
  };
  // One capture as it will be.
  struct Next {
    std::shared_ptr<Capture> capture;
    Capture::Options options;
    std::shared_ptr<Limit> limit;
    Capture::Recordings recordings;  // new ones and those that stay
  };
  // A filter that was changed, and what it was.
  struct Changed {
    std::shared_ptr<InterfaceRecording> recording;
    filter::Program before;
  };

  static Opened open(const Running& running, EngineOptions wanted);
  static void open_rings(Opened& opened);
  void take(Opened opened);
  void build();
  Next build(const PlannedCapture& planned, std::vector<std::unique_ptr<RingGroup>>& groups);
  void build_watches();
  void prepare_folders();
  void commit();
  void connect();
  void open_filters();
  void undo_filters();
  void adopt();
  void fail(std::vector<std::string> errors);
  [[nodiscard]] std::string overtaken_by() const;

  const Surroundings& surroundings_;
  Captures& captures_;
  store::OnCloseRunner& on_close_;
  std::function<void(const Outcome&)> done_;
  Opened opened_;
  std::vector<Next> next_;
  Captures::Watches watches_;  // as it will be
  Recordings fresh_;           // all that have new rings
  std::vector<Changed> changed_;
};

}  // namespace ringtail::capture
