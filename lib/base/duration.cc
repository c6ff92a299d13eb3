#include "base/duration.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "base/decimal.h"

namespace ringtail::base {
namespace {

using std::chrono::nanoseconds;

struct TimeUnit {
  std::string_view name;
  nanoseconds length;
};

// The larger the unit, the shorter the number: exact_duration takes the first that fits.
constexpr std::array kTimeUnits = {
    TimeUnit{"d", std::chrono::days{1}},
    TimeUnit{"h", std::chrono::hours{1}},
    TimeUnit{"m", std::chrono::minutes{1}},
    TimeUnit{"s", std::chrono::seconds{1}},
    TimeUnit{"ms", std::chrono::milliseconds{1}},
    TimeUnit{"us", std::chrono::microseconds{1}},
    TimeUnit{"ns", nanoseconds{1}},
};

}  // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
  const auto number = parse_decimal(take_digits(text));
  if (!number) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto* const unit = std::find_if(kTimeUnits.begin(), kTimeUnits.end(),
                                        [&](const TimeUnit& known) { return known.name == text; });
  if (unit == kTimeUnits.end()) return std::nullopt;
  if (*number > static_cast<std::uint64_t>(nanoseconds::max() / unit->length)) return std::nullopt;
  return static_cast<nanoseconds::rep>(*number) * unit->length;
}

std::string exact_duration(nanoseconds duration) {
  assert(duration >= nanoseconds::zero());
  if (duration == nanoseconds::zero()) return "0s";
  const auto* const unit = std::find_if(
      kTimeUnits.begin(), kTimeUnits.end(),
      [&](const TimeUnit& known) { return duration % known.length == nanoseconds::zero(); });
  return std::to_string(duration / unit->length).append(unit->name);
}

std::string human_duration(nanoseconds duration) {
  constexpr std::array kParts = {
      TimeUnit{"d", std::chrono::days{1}}, TimeUnit{"h", std::chrono::hours{1}},
      TimeUnit{"min", std::chrono::minutes{1}}, TimeUnit{"s", std::chrono::seconds{1}}};
  const auto* part = std::find_if(kParts.begin(), kParts.end() - 1,
                                  [&](const TimeUnit& unit) { return duration >= unit.length; });
  duration = std::max(duration, nanoseconds::zero());
  std::string text = std::to_string(duration / part->length).append(" ").append(part->name);
  const nanoseconds rest = duration % part->length;
  if (++part == kParts.end() || rest < part->length) return text;
  return text + " " + std::to_string(rest / part->length).append(" ").append(part->name);
}

}  // namespace ringtail::base
