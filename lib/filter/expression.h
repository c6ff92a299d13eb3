#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "filter/filter_error.h"
#include "filter/names.h"
#include "filter/program.h"

namespace ringtail::filter {

inline constexpr std::size_t kMaxExpressionBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxNestingDepth = 1000;
inline constexpr std::uint32_t kMaxSnaplen = 262'144;

// What packets a program is for.
struct Target {
  std::string interface;                // where they come from; empty: from none in particular
  std::string link_type = "EN10MB";     // in libpcap's words; LINUX_SLL2 is a cooked socket's
  std::uint32_t snaplen = kMaxSnaplen;  // 1 to kMaxSnaplen: what is kept of an accepted packet
  bool optimize = true;
  std::chrono::milliseconds deadline{30'000};  // name look-ups included
};

// What the code was generated on.
enum class How {
  kLive,              // an activated handle of an interface of this host
  kPrivateNamespace,  // an activated handle of `lo` in a network namespace of our own
  kDeadHandle,        // no interface
  kNothing,           // the empty expression needs no compiler
};

struct Compiled {
  Program program;  // what to attach to a socket
  How how = How::kNothing;
  std::vector<ResolvedName> names;
  // For kDeadHandle, what the program may get wrong: then it must not be attached. Empty: nothing.
  std::string unchecked;
};

// A sentence for the user, without a capital and a full stop: "compiled on the interface lo".
[[nodiscard]] std::string to_text(How how);

// Compiles a pcap-filter(7) expression for live packets; the empty one takes every packet.
//
// Ethernet: on an activated handle of `lo`, which has Ethernet's code generation (a dead handle
// looks for VLAN tags in bytes from which the kernel has stripped them), and whose traffic nobody
// records. Without CAP_NET_RAW, or with `lo` down, on `lo` in a private namespace. Where that is
// forbidden, on a dead handle. LINUX_SLL2: on a dead handle, as it has no code that depends on a
// live one, then rewritten for cooked sockets. Other link types: on the interface itself once it is
// up, else on a dead handle.
//
// libpcap runs in a child process, with a deadline. The program that is returned has been accepted
// by the kernel. Blocks; call it from the thread that does the process's name look-ups.
//
// Throws FilterError for an expression that cannot be compiled or attached, std::system_error if
// there can be no child.
[[nodiscard]] Compiled compile(const std::string& expression, const Target& target);

}  // namespace ringtail::filter
