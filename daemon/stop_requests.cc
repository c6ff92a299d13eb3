#include "daemon/stop_requests.h"

namespace ringtail::daemon {

StopRequests::Meaning StopRequests::take(int signal, Clock::time_point now) {
  if (!first_) {
    first_ = {signal, now};
    return Meaning::kStop;
  }
  const bool repeated = signal == first_->signal && now - first_->time < kSameRequest;
  return repeated ? Meaning::kRepetition : Meaning::kHurry;
}

}  // namespace ringtail::daemon
