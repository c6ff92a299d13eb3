#include "capture/tcp_counter.h"

#include "packet/tcp_flags.h"
#include "pcapfile/pcap_format.h"

namespace ringtail::capture {

void TcpCounter::use_source(ring::RxRing& source, const pcapfile::RecordShape& /*shape*/,
                            std::uint32_t linktype) {
  source_ = &source;
  is_ethernet_ = linktype == pcapfile::kLinktypeEthernet;
}

TcpCounter::Turn TcpCounter::turn(WorkerClock& /*clock*/) {
  int blocks = 0;
  while (blocks < kBlocksPerTurn && source_ != nullptr) {
    const ring::BlockLease lease = source_->take();
    if (!lease) break;
    ++blocks;
    count(lease);
  }
  if (release_target_ && leased_packets_ >= *release_target_) {
    source_ = nullptr;
    release_target_.reset();
  }
  return blocks == kBlocksPerTurn ? Turn::kMore : Turn::kIdle;
}

bool TcpCounter::wants_turn() const {
  return drain_target_ || release_target_ || (source_ != nullptr && source_->has_retired(1));
}

void TcpCounter::count(const ring::BlockLease& lease) {
  tally_.begin(tcpwatch::now());
  ring::FrameCursor frames = lease.frames();
  while (const auto frame = frames.next()) {
    frame->fetch_ahead();
    const ring::LinkAddress link = frame->link_address();
    const auto flags = is_ethernet_ ? packet::tcp_flags_of_ethernet(frame->data)
                                    : packet::tcp_flags_of_network(link.protocol, frame->data);
    if (!flags) continue;
    tally_.count(*flags, link.is_outgoing() ? tcpwatch::Direction::kOut : tcpwatch::Direction::kIn,
                 frame->seconds);
  }
  tally_.publish();
  leased_packets_ += lease.packet_count();
  ++taken_blocks_;
  fills_blocks_ = !lease.timed_out();
  malformed_packets_.store(malformed_packets() + frames.malformed(), std::memory_order_relaxed);
}

}  // namespace ringtail::capture
