#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "settings/document.h"
#include "settings/report.h"

namespace ringtail::settings {

// Each reads one value, or reports what is wrong with it and what is allowed, and returns nothing.

[[nodiscard]] bool expect(const Node& node, Node::Kind kind, std::string_view allowed,
                          Report& report);

// Reports "'<value>' <what>; allowed is <allowed>".
void refuse(const Node& scalar, std::string_view what, std::string_view allowed, Report& report);

// Text on one line, without control characters.
[[nodiscard]] std::optional<std::string> read_line(const Node& node, std::string_view allowed,
                                                   Report& report);

// Whether it is a scalar that says just this.
[[nodiscard]] bool is_word(const Node& node, std::string_view word);

// What many keys take for "as is best".
inline constexpr std::string_view kAutomatic = "auto";
// What many keys take for "no limit".
inline constexpr std::string_view kNone = "none";
[[nodiscard]] Node written_or_none(bool is_set, std::string text);

struct Range {
  std::uint64_t min;
  std::uint64_t max;
  std::string_view word = {};  // what the key takes beside, for what is said to be allowed
};
[[nodiscard]] std::optional<std::uint64_t> read_bytes(const Node& node, Range range,
                                                      Report& report);
[[nodiscard]] std::optional<std::uint64_t> read_number(const Node& node, Range range,
                                                       Report& report);

struct DurationRange {
  std::chrono::nanoseconds min;
  std::chrono::nanoseconds max;
  std::string_view word = {};  // as in Range
};
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_duration(const Node& node,
                                                                    DurationRange range,
                                                                    Report& report);

}  // namespace ringtail::settings
