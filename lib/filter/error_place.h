#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace ringtail::filter {

// Where an expression that does not compile for `link_type` (a DLT_*) goes wrong, as bytes before
// the token at fault; its size if it ends too early. libpcap names no place: it is found by
// compiling beginnings of the expression. `reason` is what libpcap said. Empty if nothing in
// particular is at fault ("expression rejects all packets").
[[nodiscard]] std::optional<std::size_t> error_place(const std::string& expression,
                                                     const std::string& reason, int link_type);

}  // namespace ringtail::filter
