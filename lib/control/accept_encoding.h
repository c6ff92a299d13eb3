#pragma once

#include <string_view>

namespace ringtail::control {

// Whether a client that sent these Accept-Encoding headers, joined by commas, is best answered in
// gzip (RFC 9110, 12.5.3): it must name gzip, its old name x-gzip or "*", with a weight that is not
// 0 and not below that of identity, where it names that. An element that makes no sense asks for
// nothing.
[[nodiscard]] bool prefers_gzip(std::string_view accept_encoding);

}  // namespace ringtail::control
