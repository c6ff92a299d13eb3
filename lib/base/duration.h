#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::base {

// What parse_duration reads, for error messages.
inline constexpr std::string_view kDurationForm =
    "a whole number with ms, s, m, h or d, such as 90s";

// Reads "90s", "15 m", "24h", "7d", "500ms", "20us" or "1ns"; a day has 24 hours. Nothing for
// anything else: signs, fractions, a number without a unit, or more than 64 bits hold (292 years).
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back to exactly this: "90s", "1d", "1001ms". Not for
// negative ones.
[[nodiscard]] std::string exact_duration(std::chrono::nanoseconds duration);

// For people: the two largest units, rounded down: "3 d 4 h", "5 min 12 s", "0 s". A negative one
// is "0 s", too.
[[nodiscard]] std::string human_duration(std::chrono::nanoseconds duration);

}  // namespace ringtail::base
