#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "bench/traffic.h"

namespace ringtail::bench {

// Sends frames that the kernel makes of one (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES,
// Linux 5.18) and an XDP program redirects into the interface: three times as fast as any socket.
// On a veth the other end must have GRO on, which gives it the queue that takes them. They are
// received on the sender's CPU. Frames have to fit into a page with their headroom. One thread.
//
// What the interface has no room for is lost without a word: the receiving end's counters tell.
class XdpSender {
 public:
  static constexpr std::size_t kLargestFrame = 3'400;

  // A rate of 0 is full speed. Needs CAP_NET_ADMIN and CAP_BPF; throws std::system_error that names
  // the call and the interface.
  XdpSender(const std::string& interface, const FrameSizes& sizes, Carried carried,
            double frames_per_second);

  // Returns when they are sent; the first is due now.
  void send(std::uint32_t count);

 private:
  std::string interface_;
  std::vector<std::uint8_t> frame_;
  base::UniqueFd due_map_;
  base::UniqueFd program_;
};

}  // namespace ringtail::bench
