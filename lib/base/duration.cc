#include "base/duration.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "base/decimal.h"

namespace ringtail::base {
namespace {

using std::chrono::nanoseconds;

struct Unit {
  std::string_view name;
  nanoseconds length;
};

// The larger the unit, the shorter the number: exact_duration takes the first that fits.
constexpr std::array kUnits = {
    Unit{"d", std::chrono::days{1}},
    Unit{"h", std::chrono::hours{1}},
    Unit{"m", std::chrono::minutes{1}},
    Unit{"s", std::chrono::seconds{1}},
    Unit{"ms", std::chrono::milliseconds{1}},
    Unit{"us", std::chrono::microseconds{1}},
    Unit{"ns", nanoseconds{1}},
};

}  // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
  const auto number = parse_decimal(take_digits(text));
  if (!number) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(),
                                        [&](const Unit& known) { return known.name == text; });
  if (unit == kUnits.end()) return std::nullopt;
  if (*number > static_cast<std::uint64_t>(nanoseconds::max() / unit->length)) return std::nullopt;
  return static_cast<nanoseconds::rep>(*number) * unit->length;
}

std::string exact_duration(nanoseconds duration) {
  assert(duration >= nanoseconds::zero());
  if (duration == nanoseconds::zero()) return "0s";
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& known) {
    return duration % known.length == nanoseconds::zero();
  });
  return std::to_string(duration / unit->length).append(unit->name);
}

std::string human_duration(nanoseconds duration) {
  constexpr std::array kParts = {Unit{"d", std::chrono::days{1}}, Unit{"h", std::chrono::hours{1}},
                                 Unit{"min", std::chrono::minutes{1}},
                                 Unit{"s", std::chrono::seconds{1}}};
  const auto* part = std::find_if(kParts.begin(), kParts.end() - 1,
                                  [&](const Unit& unit) { return duration >= unit.length; });
  duration = std::max(duration, nanoseconds::zero());
  std::string text = std::to_string(duration / part->length).append(" ").append(part->name);
  const nanoseconds rest = duration % part->length;
  if (++part == kParts.end() || rest < part->length) return text;
  return text + " " + std::to_string(rest / part->length).append(" ").append(part->name);
}

}  // namespace ringtail::base
