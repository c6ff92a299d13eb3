#pragma once

#include <string>

namespace ringtail::filter {

// What libpcap calls itself, such as "libpcap version 1.10.3 (with TPACKET_V3)".
[[nodiscard]] std::string libpcap_version();

}  // namespace ringtail::filter
