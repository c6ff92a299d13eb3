#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "filter/program.h"

namespace ringtail::filter {

// The message shows the expression and libpcap's own words, and a remedy where there is one.
class FilterError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Compiles a pcap-filter(7) expression for live packets of an Ethernet interface; the empty one
// takes every packet. Accepted packets are cut to `snaplen`.
//
// Compiled on an activated handle of `lo` (Ethernet's code generation, and none of the recorded
// traffic is copied meanwhile): a dead handle looks for VLAN tags in bytes from which the kernel
// has stripped them. Needs CAP_NET_RAW and `lo` up, and throws std::system_error where one is
// missing: EPERM, ENETDOWN. Throws FilterError for the expression's own faults.
[[nodiscard]] Program compile_for_ethernet(const std::string& expression, std::uint32_t snaplen);

// Whether the expression can be compiled at all, for a user without CAP_NET_RAW: on a dead handle,
// so nothing can be attached. Throws FilterError.
void check_syntax(const std::string& expression);

// The program behind a prefix that rejects outgoing packets: on `lo` each packet passes twice.
[[nodiscard]] Program without_outgoing(const Program& program);

}  // namespace ringtail::filter
