#include "store/trusted_clock.h"

#include <time.h>

namespace ringtail::store {

TrustedClock::Reading TrustedClock::read_host() {
  timespec boot{};
  (void)::clock_gettime(CLOCK_BOOTTIME, &boot);  // cannot fail on any kernel that has our rings
  return {.wall = std::chrono::system_clock::now(),
          .since_boot = std::chrono::seconds(boot.tv_sec) + std::chrono::nanoseconds(boot.tv_nsec)};
}

std::optional<PacketTime> TrustedClock::time(const Reading& now) {
  const auto wall_ahead =
      std::chrono::floor<std::chrono::seconds>(now.wall.time_since_epoch() - now.since_boot);
  // The step between two readings may have come right before the later one.
  if (!offsets_.empty()) offsets_.back().until = now.since_boot;
  while (!offsets_.empty() && offsets_.back().wall_ahead >= wall_ahead) offsets_.pop_back();
  offsets_.push_back({wall_ahead, now.since_boot});
  while (offsets_.front().until + window_ < now.since_boot) offsets_.pop_front();
  if (distrusted_until_ && now.since_boot < *distrusted_until_) return std::nullopt;
  return PacketTime(now.since_boot + offsets_.front().wall_ahead);
}

}  // namespace ringtail::store
