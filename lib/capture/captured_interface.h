#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "capture/interface_recording.h"
#include "capture/limit.h"
#include "capture/recorder_account.h"

namespace ringtail::capture {

// One interface of a capture: its recorders, and the rings that they empty. As InterfaceRecording.
class CapturedInterface final : public InterfaceRecording {
 public:
  using Options = std::shared_ptr<const CaptureOptions>;

  // Throws why the rings could not be opened, or cannot be bound.
  CapturedInterface(const Surroundings& surroundings, const CaptureOptions& capture, Opened rings,
                    const std::shared_ptr<Limit>& limit);

  // Files may be made.
  void connect();
  // Other options that ask for the same rings; see ask().
  void adopt(const CaptureOptions& capture, Interface interface,
             const std::optional<TypedFilter>& filter);
  void use_limit(const std::shared_ptr<Limit>& limit);

  // By worker.
  [[nodiscard]] std::vector<RecorderSnapshot> snapshot() const;
  void add_writes(store::WriteCounters::Totals& totals) const;

 private:
  std::vector<RecorderAccount*> recorders_;  // its accounts
};

// The options of one interface of a capture; they keep those of the capture.
[[nodiscard]] InterfaceRecording::Interface interface_of(const CapturedInterface::Options& capture,
                                                         std::size_t interface);

}  // namespace ringtail::capture
