#pragma once

#include <cstddef>
#include <string_view>

namespace ringtail::base {

// The length of the UTF-8 sequence that `text`, which is not empty, begins with; 0 when it is none
// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace ringtail::base
