#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace ringtail::settings {

// The known word with the smallest edit distance to `word`; none when more than half of it would
// have to change, because such a guess misleads.
[[nodiscard]] std::optional<std::string_view> nearest_word(std::string_view word,
                                                           std::span<const std::string_view> known);

}  // namespace ringtail::settings
