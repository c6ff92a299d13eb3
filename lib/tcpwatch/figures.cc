#include "tcpwatch/figures.h"

#include <algorithm>

namespace ringtail::tcpwatch {
namespace {

constexpr std::int64_t kMinute = 60;

// The delay is under a second: the oldest second that is asked for still has its bucket.
static_assert(kMinute + 2 <= Tally::kSeconds);

void add(Counts& sum, const Counts& counts) {
  for (std::size_t direction = 0; direction < kDirectionCount; ++direction) {
    for (std::size_t kind = 0; kind < kKindCount; ++kind)
      sum[direction][kind] += counts[direction][kind];
  }
}

}  // namespace

Figures figures_of(std::span<const Tally* const> workers, const Moment& now,
                   std::chrono::nanoseconds delay) {
  Figures figures{};
  const auto each = [&figures](const Counts& counts, auto&& use) {
    for (std::size_t direction = 0; direction < kDirectionCount; ++direction) {
      for (std::size_t kind = 0; kind < kKindCount; ++kind)
        use(figures[direction][kind], counts[direction][kind]);
    }
  };
  Counts totals{};
  for (const Tally* worker : workers) add(totals, worker->totals());
  each(totals, [](Figure& figure, std::uint64_t count) { figure.total = count; });

  const std::int64_t last = Moment{now.wall - delay, now.steady}.second() - 1;
  for (std::int64_t second = last - kMinute + 1; second <= last; ++second) {
    Counts counts{};
    for (const Tally* worker : workers) add(counts, worker->in_second(second, now));
    each(counts, [&](Figure& figure, std::uint64_t count) {
      if (second == last) figure.rate = count;
      figure.peak = std::max(figure.peak, count);
    });
  }
  return figures;
}

}  // namespace ringtail::tcpwatch
