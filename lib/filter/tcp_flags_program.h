#pragma once

#include <cstdint>

#include "filter/program.h"

namespace ringtail::filter {

// What the bytes that a socket sees begin with: an Ethernet header, or the network header, whose
// EtherType the kernel knows (cooked and raw IP links).
enum class FirstHeader { kEthernet, kNetwork };

// How far the program looks: behind so many VLAN tags in the bytes of an Ethernet frame, besides
// one that the kernel has taken out, and behind so many extension headers of IPv6. Behind a network
// header that comes first there is no tag for it.
inline constexpr unsigned kMaxTags = 2;
inline constexpr unsigned kMaxExtensionHeaders = 6;

// Takes the packets whose TCP header, behind IPv4 (with options, of fragments the first) or IPv6
// (behind hop-by-hop and destination options, routing and fragment headers), has one of these flags
// set. What it returns is the bytes up to the end of the TCP header without its options, so that
// the kernel stores no more: the value that a program returns may be computed.
[[nodiscard]] Program tcp_flags_program(FirstHeader first, std::uint8_t flags);

}  // namespace ringtail::filter
