#include "capture/ring_account.h"

#include <utility>

namespace ringtail::capture {

RingAccount::RingAccount(Worker& worker, std::unique_ptr<RingConsumer> consumer)
    : worker_(worker), consumer_(std::move(consumer)) {
  worker_.add(*consumer_);
}

void RingAccount::use(ring::RxRing& ring, const pcapfile::RecordShape& shape,
                      std::uint32_t linktype) {
  worker_.use_ring(*consumer_, ring, shape, linktype);
  ring_ = &ring;
}

void RingAccount::read_kernel_statistics() {
  if (ring_ == nullptr) return;
  const ring::SocketStatistics statistics = ring_->read_statistics();
  received_packets_ += statistics.packets;
  ring_full_packets_ += statistics.drops;
  ring_freezes_ += statistics.freezes;
  // No order with anything: the worker takes what it finds; a drain is posted behind it.
  KernelCounters& counters = consumer_->kernel_counters();
  counters.received_packets.store(received_packets_, std::memory_order_relaxed);
  counters.ring_full_packets.store(ring_full_packets_, std::memory_order_relaxed);
}

void RingAccount::end(std::function<void()> ended) {
  worker_.drain(*consumer_, accepted_packets(), [this, ended = std::move(ended)] {
    disconnect([this, ended] { worker_.remove(*consumer_, ended); });
  });
}

}  // namespace ringtail::capture
