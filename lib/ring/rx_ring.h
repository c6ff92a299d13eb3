#pragma once

#include <linux/filter.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/mapping.h"
#include "base/unique_fd.h"
#include "ring/block_lease.h"
#include "ring/packet_socket.h"

namespace ringtail::ring {

class FanoutGroup;

// Which clock stamps packets: the kernel's, when it sees the packet, or the network card's, for
// received packets that it has stamped.
enum class Clock { kHost, kAdapter };

struct RxRingOptions {
  std::string interface;
  std::uint32_t block_count = 0;  // of kBlockSizeBytes each, at least kMinBlockCount
  bool cooked = false;            // packets without their link header, as on kAnyInterface
  bool promiscuous = true;
  Clock clock = Clock::kHost;
  // A partly filled block is handed over this long after its first packet; an empty one never is.
  std::chrono::milliseconds block_timeout{60};
  // How long open() may touch pages, lest the first packet in each waits for its mapping.
  std::chrono::milliseconds touch_limit{500};
};

// One TPACKET_V3 receive ring on one interface: the socket, its filter and its block memory.
//
// Set-up (one thread at a time): open() -> bind() -> [join()] -> attach_filter(the real one).
// open() leaves a filter in place that rejects everything, so nothing strays in before the whole
// group stands. Then the worker alone calls take(), has_retired(), is_leased() and blocks_in_use(),
// the control thread alone read_statistics(); attach_filter() and count_blocks_in_use() may come
// from any thread, the kernel swaps filters atomically. Must outlive its leases.
class RxRing {
 public:
  // None yet: one that open() returns is to take its place.
  RxRing() = default;
  // Gets the memory, which takes up to a second for 512 MiB, after the kernel has waited for all
  // CPUs (synchronize_net(), mostly 7 to 15 ms); so it does twice at the end. Then touches it, for
  // `touch_limit` at most. The interface need not exist. Throws std::system_error that names the
  // call and the interface.
  static RxRing open(const RxRingOptions& options);

  // To the interface that has that index now. When it is deleted, the kernel unhooks the socket for
  // good; what is in the ring can still be taken. Throws as open(), or std::runtime_error if the
  // adapter has no such clock.
  void bind(int index) const;
  void join(FanoutGroup& group) const;
  void attach_filter(std::span<const sock_filter> program) const;
  // From the return of a membarrier(MEMBARRIER_CMD_GLOBAL) after this on, no packet enters the
  // ring.
  void reject_all() const;

  // The next retired block, in the kernel's order; an empty lease if there is none yet. Leases may
  // end in any order, but a block whose lease is held stops the ring when the kernel reaches it.
  [[nodiscard]] BlockLease take();
  // Whether take() would return at least as many, one after the other. `count` is 1 to
  // block_count().
  [[nodiscard]] bool has_retired(std::uint32_t count) const;
  // Whether any lease has not ended yet.
  [[nodiscard]] bool is_leased() const;

  // How many blocks the kernel must not count on: those from the oldest whose lease has not ended
  // to the last that is retired. Looks at few of them.
  [[nodiscard]] std::uint32_t blocks_in_use();
  // Those that are retired or leased, for another thread, as the worker may be stuck: looks at each
  // of them.
  [[nodiscard]] std::uint32_t count_blocks_in_use() const;
  [[nodiscard]] std::uint32_t block_count() const { return options_.block_count; }

  [[nodiscard]] SocketStatistics read_statistics() const {
    return ring::read_statistics(socket_.get(), options_.interface);
  }

  [[nodiscard]] int fd() const { return socket_.get(); }
  // All its blocks.
  [[nodiscard]] std::span<std::byte> memory() const { return memory_.bytes(); }

 private:
  // Where the nth block since the begin lies.
  [[nodiscard]] std::byte* block(std::uint64_t number) const {
    return memory_.data() + number % options_.block_count * kBlockSizeBytes;
  }

  RxRing(RxRingOptions options, base::UniqueFd socket, base::Mapping memory)
      : options_(std::move(options)), socket_(std::move(socket)), memory_(std::move(memory)) {}

  RxRingOptions options_;
  base::UniqueFd socket_;
  base::Mapping memory_;  // unmapped before the socket is closed
  std::uint64_t taken_blocks_ = 0;
  std::uint64_t returned_blocks_ =
      0;  // all leases of as many blocks, from the first on, have ended
};

}  // namespace ringtail::ring
