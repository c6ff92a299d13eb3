#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "capture/block_consumer.h"
#include "capture/turn_pace.h"
#include "ring/rx_ring.h"
#include "tcpwatch/tally.h"

namespace ringtail::capture {

// Counts the SYN, FIN and RST packets of one interface in one worker; keeps none of them. As
// BlockConsumer; others read the tally and the counter.
class TcpCounter : public BlockConsumer<ring::RxRing> {
 public:
  void use_source(ring::RxRing& source, const pcapfile::RecordShape& shape,
                  std::uint32_t linktype) override;
  void release_source(std::uint64_t accepted_packets) override {
    release_target_ = accepted_packets;
  }
  [[nodiscard]] bool has_released() const override { return source_ == nullptr; }
  Turn turn(WorkerClock& clock) override;
  [[nodiscard]] std::uint64_t taken_blocks() const override { return taken_blocks_; }
  [[nodiscard]] bool wants_turn() const override;
  // Of what is no more than headers, eight blocks take longer to fill at three million a second;
  // half of them where they are filled already.
  [[nodiscard]] Clock::duration longest_pause() const override {
    return fills_blocks_ ? TurnPace::kLongestPause / 2 : TurnPace::kLongestPause;
  }
  void drain(std::uint64_t accepted_packets) override { drain_target_ = accepted_packets; }
  [[nodiscard]] bool drained() const override {
    return drain_target_ && leased_packets_ >= *drain_target_;
  }

  [[nodiscard]] const tcpwatch::Tally& tally() const { return tally_; }
  // Packets that the kernel's own bookkeeping hides.
  [[nodiscard]] std::uint64_t malformed_packets() const {
    return malformed_packets_.load(std::memory_order_relaxed);
  }

 private:
  // About 30,000 packets: then the recorders of the worker have their turn.
  static constexpr int kBlocksPerTurn = 4;

  void count(const ring::BlockLease& lease);

  ring::RxRing* source_ = nullptr;
  bool is_ethernet_ = false;
  std::optional<std::uint64_t> release_target_;
  std::optional<std::uint64_t> drain_target_;
  std::uint64_t leased_packets_ = 0;
  std::uint64_t taken_blocks_ = 0;
  bool fills_blocks_ = false;  // the last one was full
  std::atomic<std::uint64_t> malformed_packets_ = 0;
  tcpwatch::Tally tally_;
};

}  // namespace ringtail::capture
