#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "capture/capture_options.h"
#include "capture/interface_recording.h"
#include "capture/snapshot.h"
#include "capture/tcp_counter.h"

namespace ringtail::capture {

// Counts the SYN, FIN and RST packets of one interface, with rings of its own in the workers that
// record it, so that neither waits for the other's memory. What cannot be opened at first is tried
// again later: recording does not depend on it.
//
// As InterfaceRecording.
class TcpWatch final : public InterfaceRecording {
 public:
  // 8 MiB: a block holds 7,600 packets of 136 bytes (the kernel's 82, Ethernet, IPv4, TCP), a ring
  // 60,000, which last for 60 ms at a million a second. Workers are away for shorter: sixteen
  // blocks of one recorder, written one after the other at 500 MB/s, take 34 ms. Smaller blocks
  // would last no longer, and cost a wake-up more often.
  static constexpr std::uint32_t kBlocksPerRing = 8;
  // By when all workers have counted a second's packets: a block is retired after its timeout.
  static constexpr std::chrono::milliseconds kPublicationDelay =
      kBlockTimeout + std::chrono::milliseconds(50);

  // The rings that it needs; `options` must be there until they are opened.
  [[nodiscard]] static RingGroupRequest wanted_rings(const WatchOptions& options,
                                                     int hardware_type);
  TcpWatch(const Surroundings& surroundings, const WatchOptions& options, RingGroupResult rings);

  [[nodiscard]] TcpWatchSnapshot snapshot() const;

 private:
  std::vector<const TcpCounter*> counters_;  // its accounts' consumers
};

}  // namespace ringtail::capture
