#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <string>

#include "filter/program.h"

namespace ringtail::filter {

// libpcap's compiler behind values. For this folder alone: the header that shows libpcap.

struct CloseHandle {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, CloseHandle>;

struct OpenedHandle {
  PcapHandle handle;   // empty: it failed
  int status = 0;      // PCAP_ERROR_*
  std::string reason;  // in libpcap's words
};

// An activated handle of the interface. It has a filter that rejects everything, so none of the
// interface's traffic is copied while the handle waits for the compiler.
[[nodiscard]] OpenedHandle open_live(const std::string& interface, std::uint32_t snaplen);

// `link_type` is a DLT_*.
[[nodiscard]] PcapHandle open_dead(int link_type, std::uint32_t snaplen);

struct CompileOptions {
  bool optimize = true;
  std::uint32_t netmask = 0;
};

struct CompileOutcome {
  Program program;  // empty: it failed
  std::string reason;
};

[[nodiscard]] CompileOutcome compile_on(pcap_t* handle, const std::string& expression,
                                        CompileOptions options);

// Of the interface's first IPv4 address, in host byte order; 0, as tcpdump always has it, if there
// is none: `ip broadcast` is then 0.0.0.0 and 255.255.255.255.
[[nodiscard]] std::uint32_t netmask_of(const std::string& interface);

}  // namespace ringtail::filter
