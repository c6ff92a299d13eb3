#include "daemon/heartbeat.h"

#include <algorithm>
#include <utility>

#include "daemon/totals.h"
#include "metrics/health.h"

namespace ringtail::daemon {
namespace {

constexpr std::chrono::seconds kLongestInterval{5};
// systemd asks for two meals at least (sd_watchdog_enabled(3)); with four, a late one does no harm.
constexpr int kMealsForEachWatchdog = 4;

std::chrono::microseconds interval_for(const ServiceManager& manager) {
  if (!manager.watchdog()) return kLongestInterval;
  return std::min<std::chrono::microseconds>(*manager.watchdog() / kMealsForEachWatchdog,
                                             kLongestInterval);
}

}  // namespace

Heartbeat::Heartbeat(boost::asio::io_context& control, const ServiceManager& manager,
                     std::function<capture::Snapshot()> snapshot, base::Reporter report)
    : manager_(manager),
      snapshot_(std::move(snapshot)),
      report_(std::move(report)),
      interval_(interval_for(manager)),
      timer_(control) {}

void Heartbeat::start() {
  if (manager_.listens()) beat();
}

void Heartbeat::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Heartbeat::beat() {
  const capture::Snapshot snapshot = snapshot_();
  judge(snapshot);
  manager_.status(heartbeat_line(snapshot));
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopped_) beat();
  });
}

// Said before the watchdog ends us, or else nobody would know why.
void Heartbeat::judge(const capture::Snapshot& snapshot) {
  if (!manager_.watchdog()) return;
  metrics::Verdict verdict = metrics::health_of(snapshot, std::chrono::steady_clock::now());
  if (verdict.ok) manager_.feed();
  if (std::exchange(healthy_, verdict.ok) == verdict.ok) return;
  verdict.text.pop_back();  // the end of its last line
  if (verdict.ok)
    report_(base::Severity::kInfo, "every worker makes progress again");
  else
    report_(base::Severity::kError, verdict.text + ": the watchdog is not fed");
}

std::string heartbeat_line(const capture::Snapshot& snapshot) {
  const Totals totals = totals_of(snapshot);
  const std::size_t captures = snapshot.captures.size();
  return std::to_string(captures) + (captures == 1 ? " capture, " : " captures, ") +
         std::to_string(totals.received_packets) + " packets received, " +
         std::to_string(totals.written_packets) + " written, " + std::to_string(totals.dropped()) +
         " dropped";
}

}  // namespace ringtail::daemon
