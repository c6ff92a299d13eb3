#include "daemon/memory_lock.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "daemon/privileges.h"

namespace ringtail::daemon {
namespace {

constexpr const char* kRemedy =
    "it takes LimitMEMLOCK=infinity in the unit (`ulimit -l unlimited` in a shell) or "
    "CAP_IPC_LOCK; "
    "or leave ring.lock out";

bool is_limited() {
  rlimit limit{};
  base::check(::getrlimit(RLIMIT_MEMLOCK, &limit), "getrlimit of", "RLIMIT_MEMLOCK");
  return limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

bool wants_memory_lock(const settings::Settings& settings) {
  return std::ranges::any_of(settings.captures, &settings::Capture::ring_lock);
}

void lock_memory() {
  if (is_limited() && !may_lock_memory()) {
    errno = EPERM;
    base::throw_errno("mlockall", "all memory, for ring.lock: RLIMIT_MEMLOCK sets a limit",
                      kRemedy);
  }
  base::check(::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT), "mlockall",
              "all memory, for ring.lock", kRemedy);
}

}  // namespace ringtail::daemon
