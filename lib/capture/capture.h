#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capture/captured_interface.h"
#include "capture/limit.h"
#include "capture/snapshot.h"
#include "capture/surroundings.h"

namespace ringtail::capture {

// One capture as it runs, by its name: its recordings, which other options may replace, its limit,
// and what all its recorders have counted, those included that have ended. Control thread.
class Capture : public std::enable_shared_from_this<Capture> {
 public:
  using Options = CapturedInterface::Options;
  using Recordings = std::vector<std::shared_ptr<CapturedInterface>>;

  // `limit_reached` is called once for a limit, on the control thread.
  Capture(const Surroundings& surroundings, Options options,
          std::function<void(Capture&)> limit_reached);

  [[nodiscard]] const std::string& name() const { return options_->name; }
  [[nodiscard]] const CaptureOptions& options() const { return *options_; }
  [[nodiscard]] const Recordings& recordings() const { return recordings_; }
  // Those that take no more packets, but have not ended yet.
  [[nodiscard]] const Recordings& leaving() const { return leaving_; }

  // A limit by these options for recordings that are to be; none if they set none.
  [[nodiscard]] std::shared_ptr<Limit> make_limit(const LimitOptions& options);
  [[nodiscard]] const std::shared_ptr<Limit>& limit() const { return limit_; }
  // In place of the one before; its duration begins.
  void use_limit(std::shared_ptr<Limit> limit, std::chrono::nanoseconds duration);
  void cancel_limit() { limit_timer_.cancel(); }

  // From now on records by these options, with these recordings; what it had and has no more is
  // leaving, and must be ended.
  void adopt(Options options, Recordings recordings);
  // One that was leaving has ended: what it counted stays.
  void forget(const std::shared_ptr<CapturedInterface>& recording);

  // Its limit was reached: what it has recorded stays, and so does the reason. Until it is
  // recorded anew.
  void set_ended(bool ended) { ended_ = ended; }
  [[nodiscard]] bool has_ended() const { return ended_; }

  // One for each interface and worker that it records or has recorded.
  [[nodiscard]] std::vector<RecorderSnapshot> snapshot() const;
  // Of all of these: "received=3 written=2 dropped=1".
  [[nodiscard]] std::string totals() const;
  // To the disk, of all of these.
  [[nodiscard]] store::WriteCounters::Totals writes() const;

 private:
  const Surroundings& surroundings_;
  Options options_;
  std::function<void(Capture&)> limit_reached_;
  std::shared_ptr<Limit> limit_;
  boost::asio::steady_timer limit_timer_;
  Recordings recordings_;
  Recordings leaving_;
  std::vector<RecorderSnapshot> past_;        // of recordings that have ended and are no more
  store::WriteCounters::Totals past_writes_;  // ditto
  bool ended_ = false;
};

}  // namespace ringtail::capture
