#pragma once

#include <string>
#include <string_view>

namespace ringtail::base {

// Foreign text, fit for a terminal and a log: whatever is no printable ASCII character becomes the
// `\xNN` of each of its bytes, so that nothing can move the cursor or hide.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace ringtail::base
