#include "settings/host.h"

#include <sched.h>

#include <cerrno>
#include <cstddef>

#include "base/check.h"

namespace ringtail::settings {

Host this_host() {
  // A mask shorter than the kernel's own is refused with EINVAL: machines with more than 1024 CPUs
  // need more than one cpu_set_t.
  constexpr std::size_t kMaxMasks = 64;
  std::vector<cpu_set_t> masks(1);
  while (::sched_getaffinity(0, masks.size() * sizeof(cpu_set_t), masks.data()) < 0) {
    if (errno != EINVAL || masks.size() >= kMaxMasks)
      base::throw_errno("sched_getaffinity", "this process");
    masks.resize(masks.size() * 2);
  }

  Host host;
  const std::size_t bytes = masks.size() * sizeof(cpu_set_t);
  for (std::size_t cpu = 0; cpu < bytes * 8; ++cpu)
    if (CPU_ISSET_S(cpu, bytes, masks.data()))
      host.allowed_cpus.push_back(static_cast<unsigned>(cpu));
  return host;
}

}  // namespace ringtail::settings
