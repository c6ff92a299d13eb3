#include "daemon/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "control/http_limits.h"

namespace ringtail::daemon {
namespace {

// Its packet socket, the file that is written, and either the next or the one before: a worker asks
// for a file only when it has handed back the last.
constexpr std::uint64_t kPerRing = 3;
constexpr std::uint64_t kPerWatchRing = 1;  // it writes no files
// epoll, timer and wake-up of its loop, the epoll set of its rings, its io_uring and what tells of
// it.
constexpr std::uint64_t kPerWorker = 6;
// Standard streams (3), the log's socket (1), the loops of the control, disk and on_close threads
// (3 each), signals (2), links and their counters (3), the directory's lock, the listener; and what
// comes and goes: a sidecar or a recovered file and its folder (3), programs and their start (6),
// the filter compiler's pipes (4), a scrape that is being accepted (1).
constexpr std::uint64_t kOthers = 34;

}  // namespace

void check_descriptors(const capture::EngineOptions& options, std::uint64_t limit) {
  std::uint64_t rings = 0;
  std::uint64_t watch_rings = 0;
  std::set<unsigned> workers;
  for (const capture::CaptureOptions& capture : options.captures) {
    rings += capture.interfaces.size() * capture.cpus.size();
    workers.insert(capture.cpus.begin(), capture.cpus.end());
  }
  for (const capture::WatchOptions& watch : options.tcp_watch) {
    watch_rings += watch.cpus.size();
    workers.insert(watch.cpus.begin(), watch.cpus.end());
  }
  const std::uint64_t connections = control::HttpLimits{}.connections;
  const std::uint64_t needed = kPerRing * rings + kPerWatchRing * watch_rings +
                               kPerWorker * workers.size() + connections + kOthers;
  if (needed <= limit) return;
  const auto times = [](std::uint64_t count, const std::string& noun, std::uint64_t each) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s") + " x " +
           std::to_string(each) + " + ";
  };
  throw std::runtime_error(
      times(rings, "ring", kPerRing) + times(watch_rings, "TCP watch ring", kPerWatchRing) +
      times(workers.size(), "worker", kPerWorker) + std::to_string(connections) +
      " HTTP connections + " + std::to_string(kOthers) + " others = " + std::to_string(needed) +
      " descriptors, more than the " + std::to_string(limit) +
      " of RLIMIT_NOFILE: raise it (LimitNOFILE= in the unit, ulimit -Hn), or "
      "use fewer workers or interfaces");
}

std::uint64_t descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
  return limit.rlim_cur;
}

}  // namespace ringtail::daemon
