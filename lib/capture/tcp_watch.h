#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "capture/capture_options.h"
#include "capture/interface_recording.h"
#include "capture/snapshot.h"
#include "capture/tcp_counter.h"
#include "capture/worker.h"

namespace ringtail::capture {

// The TCP watch of one interface, as the engine is to open it: a ring in each worker. The filter
// takes the packets that are to be counted, and no more of each than its headers.
struct WatchOptions {
  InterfaceOptions interface;
  std::vector<unsigned> cpus;  // of the workers
};

// Counts the SYN, FIN and RST packets of one interface, with rings of its own in the workers that
// record it, so that neither waits for the other's memory. What cannot be opened at the start is
// tried again later: recording does not depend on it.
//
// Control thread; lifetimes as those of InterfaceRecording.
class TcpWatch {
 public:
  // 8 MiB: a block holds 7,600 packets of 136 bytes (the kernel's 82, Ethernet, IPv4, TCP), a ring
  // 60,000, which last for 60 ms at a million a second. Workers are away for shorter: sixteen
  // blocks of a recorder, written at 500 MB/s, take 34 ms. Smaller blocks would last no longer, and
  // cost a wake-up more often.
  static constexpr std::uint32_t kBlocksPerRing = 8;
  // By when all workers have counted a second's packets: a block is retired after its timeout.
  static constexpr std::chrono::milliseconds kPublicationDelay =
      kBlockTimeout + std::chrono::milliseconds(50);

  TcpWatch(const InterfaceRecording::Surroundings& surroundings, InterfaceOptions interface,
           const std::vector<Worker*>& workers);

  [[nodiscard]] InterfaceRecording& recording() { return *recording_; }
  [[nodiscard]] TcpWatchSnapshot snapshot() const;

 private:
  InterfaceOptions interface_;
  std::vector<const TcpCounter*> counters_;  // of the workers
  std::shared_ptr<InterfaceRecording> recording_;
};

}  // namespace ringtail::capture
