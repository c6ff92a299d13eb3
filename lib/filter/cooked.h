#pragma once

#include <cstdint>
#include <string_view>

#include "filter/program.h"

namespace ringtail::filter {

// The cooked link header that is recorded in front of a packet's network header
// (LINKTYPE_LINUX_SLL2).
inline constexpr std::uint32_t kCookedHeaderBytes = 20;
inline constexpr std::string_view kCookedLinkType = "LINUX_SLL2";  // in libpcap's words

// A program compiled for LINUX_SLL2 reads a link header that a cooked socket's packet does not
// have. The one that is returned can be attached: it asks the kernel for the header's fields, and
// finds the payload where it is. The snaplen counts the header, so what the program returns is less
// by that.
//
// Lengths (`less`, `greater`, `len`) are of the packet without the header, as in tcpdump.
//
// Throws std::invalid_argument, with a reason for the user, if the program reads a part of the
// header that the kernel does not offer.
[[nodiscard]] Program for_cooked_socket(Program program);

}  // namespace ringtail::filter
