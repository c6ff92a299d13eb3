#pragma once

#include <string>
#include <string_view>

namespace ringtail::control {

// `text` as one gzip member (RFC 1952), packed for speed: a page is made and packed for each
// request. Throws std::bad_alloc.
[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace ringtail::control
