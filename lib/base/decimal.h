#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringtail::base {

// The whole of `text` as a decimal number without a sign; nothing if 64 bits do not hold it.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

// Takes the leading digits off `text`.
[[nodiscard]] std::string_view take_digits(std::string_view& text);

}  // namespace ringtail::base
