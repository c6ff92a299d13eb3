// bench_null_recorder: walks the packets of a ring and writes nothing: what no recorder that looks
// at each packet can do without.
//
//   bench_null_recorder INTERFACE BLOCKS
//
// Says "ready" when it receives and, after SIGTERM, "received=N" and "bytes=N". What lies in a
// block that is not retired by then (60 ms after its first packet) it does not see.

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "base/check.h"
#include "base/unique_fd.h"
#include "ring/interface.h"
#include "ring/rx_ring.h"

namespace {

using ringtail::ring::BlockLease;
using ringtail::ring::RxRing;

constexpr std::array<sock_filter, 1> kAcceptAll{{{BPF_RET | BPF_K, 0, 0, 262'144}}};

constexpr std::ptrdiff_t kPacketsAhead = 8;

struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

void walk_blocks(RxRing& ring, Totals& totals) {
  while (const BlockLease lease = ring.take()) {
    auto frames = lease.frames();
    const std::byte* previous = nullptr;
    while (const auto frame = frames.next()) {
      // Packets of one size come in rows: where the header of one of the next then lies. No more of
      // it is needed.
      const std::byte* header = frame->stored_address - sizeof(tpacket3_hdr);
      if (previous != nullptr) __builtin_prefetch(header + kPacketsAhead * (header - previous));
      previous = header;
      ++totals.packets;
      totals.bytes += frame->length;
    }
  }
}

ringtail::base::UniqueFd open_stop_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ringtail::base::check(::sigprocmask(SIG_BLOCK, &signals, nullptr), "sigprocmask of", "SIGTERM");
  return ringtail::base::UniqueFd(
      ringtail::base::check(::signalfd(-1, &signals, SFD_CLOEXEC), "signalfd of", "SIGTERM"));
}

Totals walk_until_stopped(RxRing& ring) {
  const ringtail::base::UniqueFd stop = open_stop_signal();
  std::cout << "ready" << std::endl;
  Totals totals;
  pollfd waited[] = {{ring.fd(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
  while (waited[1].revents == 0) {
    if (::poll(waited, 2, -1) < 0 && errno != EINTR) ringtail::base::throw_errno("poll of", "ring");
    walk_blocks(ring, totals);
  }
  return totals;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_null_recorder INTERFACE BLOCKS\n";
    return 2;
  }
  try {
    const std::string interface = argv[1];
    RxRing ring = RxRing::open(
        {.interface = interface,
         .block_count = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10))});
    ring.bind(ringtail::ring::find_interface(ring.fd(), interface).index);
    ring.attach_filter(kAcceptAll);
    const Totals totals = walk_until_stopped(ring);
    std::cout << "received=" << totals.packets << "\nbytes=" << totals.bytes << std::endl;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
