#include "capture/tcp_watch.h"

#include <utility>

#include "capture/ring_account.h"

namespace ringtail::capture {

TcpWatch::TcpWatch(const InterfaceRecording::Surroundings& surroundings, InterfaceOptions interface,
                   const std::vector<Worker*>& workers)
    : interface_(std::move(interface)) {
  std::vector<std::unique_ptr<RingAccount>> accounts;
  for (Worker* worker : workers) {
    TcpCounter& counter = worker->add(std::make_unique<TcpCounter>());
    counters_.push_back(&counter);
    accounts.push_back(std::make_unique<RingAccount>(*worker, counter));
  }
  // By flow, so that both directions of a connection meet in one worker. Not promiscuous: the watch
  // changes nothing about the interface, and sees what captures that do let in.
  const RingGroupOptions options{.rings = workers.size(),
                                 .blocks_per_ring = kBlocksPerRing,
                                 .promiscuous = false,
                                 .fanout = ring::FanoutMode::kHash};
  recording_ = std::make_shared<InterfaceRecording>(surroundings, "tcp_watch", options, interface_,
                                                    std::move(accounts),
                                                    InterfaceRecording::Need::kDispensable);
}

TcpWatchSnapshot TcpWatch::snapshot() const {
  TcpWatchSnapshot snapshot{.interface = interface_.name,
                            .problem = recording_->condition().problem};
  std::vector<const tcpwatch::Tally*> tallies;
  for (const TcpCounter* counter : counters_) {
    tallies.push_back(&counter->tally());
    snapshot.dropped_packets += counter->malformed_packets();
  }
  snapshot.figures = tcpwatch::figures_of(tallies, tcpwatch::now(), kPublicationDelay);
  for (const auto& account : recording_->accounts()) {
    account->read_kernel_statistics();
    snapshot.dropped_packets += account->ring_full_packets();
  }
  return snapshot;
}

}  // namespace ringtail::capture
