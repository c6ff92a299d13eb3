#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "filter/program.h"

namespace ringtail::filter {

// A packet as a socket's filter sees it: its bytes, and what the kernel knows beside them.
struct TestPacket {
  std::vector<std::uint8_t> bytes;
  std::uint16_t protocol = 0;
  std::uint32_t interface_index = 1;
  std::uint16_t hardware_type = 1;
  std::uint8_t type = 0;  // 0 to us, 3 to others, 4 outgoing
  std::uint16_t vlan_tci = 0;
  bool vlan_present = false;
};

// Runs a classic BPF program as the kernel's documentation describes it, written from that and
// sharing nothing with libpcap: what the program returns, 0 if it reads beyond the packet. Throws
// std::logic_error for a program that the kernel would refuse: an unknown instruction, a jump out
// of it, no return.
[[nodiscard]] std::uint32_t run(const Program& program, const TestPacket& packet);

}  // namespace ringtail::filter
