#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <vector>

#include "bench/traffic.h"

namespace ringtail::bench {

// The XDP program that sends: waits until the frame is due, gives it a random port, in a mix a
// random size, and redirects it to an interface. It waits itself because a call that starts it
// takes milliseconds, too many for a burst of each.
struct Sending {
  int interface_index = 0;
  FrameSizes sizes;
  std::uint32_t interval_ns = 0;  // between frames; 0: full speed
  int due_map = -1;               // an array map of one u64: when the next frame is due
};
[[nodiscard]] std::vector<bpf_insn> sending_program(const Sending& sending);

}  // namespace ringtail::bench
