#include "capture/tcp_watch.h"

#include <memory>
#include <utility>

#include "capture/ring_account.h"

namespace ringtail::capture {
namespace {

// By flow, so that both directions of a connection meet in one worker. Not promiscuous: the watch
// changes nothing about the interface, and sees what captures that do let in.
RingGroupOptions ring_options(std::size_t workers) {
  return {.rings = workers,
          .blocks_per_ring = TcpWatch::kBlocksPerRing,
          .promiscuous = false,
          .fanout = ring::FanoutMode::kHash};
}

}  // namespace

RingGroupRequest TcpWatch::wanted_rings(const WatchOptions& options, int hardware_type) {
  return {ring_options(options.cpus.size()), &options.interface, hardware_type};
}

TcpWatch::TcpWatch(const Surroundings& surroundings, const WatchOptions& options,
                   RingGroupResult rings)
    : InterfaceRecording(
          surroundings, "tcp_watch", ring_options(options.cpus.size()),
          {std::make_shared<const InterfaceOptions>(options.interface), std::move(rings)},
          Need::kDispensable) {
  for (const unsigned cpu : options.cpus) {
    auto counter = std::make_unique<TcpCounter>();
    counters_.push_back(counter.get());
    add(std::make_unique<RingAccount>(surroundings.workers.on(cpu), std::move(counter)));
  }
}

TcpWatchSnapshot TcpWatch::snapshot() const {
  TcpWatchSnapshot snapshot{.interface = interface(), .problem = condition().problem};
  std::vector<const tcpwatch::Tally*> tallies;
  for (const TcpCounter* counter : counters_) {
    tallies.push_back(&counter->tally());
    snapshot.dropped_packets += counter->malformed_packets();
  }
  snapshot.figures = tcpwatch::figures_of(tallies, tcpwatch::now(), kPublicationDelay);
  for (const auto& account : accounts()) {
    account->read_kernel_statistics();
    snapshot.dropped_packets += account->ring_full_packets();
  }
  return snapshot;
}

}  // namespace ringtail::capture
