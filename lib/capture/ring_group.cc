#include "capture/ring_group.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/in_parallel.h"
#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"

namespace ringtail::capture {
namespace {

constexpr const char* kThreadName = "opener";

// The memory is unmapped and the socket closed, in this order.
void close_rings(std::vector<ring::RxRing> rings) {
  (void)base::in_parallel(kThreadName, rings.size(), [&](std::size_t number) {
    const ring::RxRing closed = std::move(rings[number]);
  });
}

}  // namespace

RingGroupOptions ring_group_options(const CaptureOptions& capture) {
  return {.rings = capture.cpus.size(),
          .blocks_per_ring = capture.blocks_per_ring,
          .snaplen = capture.snaplen,
          .promiscuous = capture.promiscuous,
          .clock = capture.clock,
          .precision = capture.precision,
          .format = capture.format,
          .fanout = capture.fanout};
}

RingGroup::RingGroup(const RingGroupOptions& options, const InterfaceOptions& interface,
                     int hardware_type)
    : interface_(interface.name),
      hardware_type_(hardware_type),
      link_type_(ring::link_type_of(hardware_type)),
      filter_(interface.filter_for(hardware_type)),
      options_(options),
      rings_(options.rings) {}

RingGroup::~RingGroup() { close_rings(std::move(rings_)); }

void RingGroup::open(std::size_t ring, std::chrono::milliseconds touch_limit) {
  rings_[ring] = ring::RxRing::open({.interface = interface_,
                                     .block_count = options_.blocks_per_ring,
                                     .cooked = link_type_.cooked,
                                     .promiscuous = options_.promiscuous,
                                     .clock = options_.clock,
                                     .block_timeout = kBlockTimeout,
                                     .touch_limit = touch_limit});
}

void RingGroup::bind(const ring::Interface& link) {
  ring::FanoutGroup group(options_.fanout);
  for (const ring::RxRing& ring : rings_) {
    ring.bind(link.index);
    if (rings_.size() > 1) ring.join(group);
  }
  bound_index_ = link.index;
}

void RingGroup::open_filter() {
  for (const ring::RxRing& ring : rings_) ring.attach_filter(filter_);
  open_ = true;
}

void RingGroup::change_filter(filter::Program filter) {
  std::size_t changed = 0;
  try {
    for (; open_ && changed < rings_.size(); ++changed) rings_[changed].attach_filter(filter);
  } catch (const std::system_error&) {
    // What may be refused is room for both programs at once: this one was let in beside the same.
    for (std::size_t ring = 0; ring < changed; ++ring) rings_[ring].attach_filter(filter_);
    throw;
  }
  filter_ = std::move(filter);
}

pcapfile::RecordShape RingGroup::record_shape() const {
  pcapfile::RecordShape shape{pcapfile::LinkHeader::kOther, options_.precision, options_.snaplen,
                              options_.format};
  if (link_type_.number == pcapfile::kLinktypeEthernet)
    shape.link_header = pcapfile::LinkHeader::kEthernet;
  if (link_type_.cooked) shape.link_header = pcapfile::LinkHeader::kCooked;
  return shape;
}

std::vector<RingGroupResult> open_ring_groups(const std::vector<RingGroupRequest>& requests) {
  struct Ring {
    RingGroupResult* of;
    std::size_t number;
    std::chrono::milliseconds touch_limit;
  };
  std::vector<RingGroupResult> results(requests.size());
  std::vector<Ring> rings;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const RingGroupRequest& request = requests[i];
    try {
      results[i].group =
          std::make_unique<RingGroup>(request.options, *request.interface, request.hardware_type);
    } catch (...) {
      results[i].error = std::current_exception();
      continue;
    }
    for (std::size_t ring = 0; ring < request.options.rings; ++ring)
      rings.push_back({&results[i], ring, request.touch_limit});
  }
  const auto errors = base::in_parallel(kThreadName, rings.size(), [&](std::size_t number) {
    const Ring& ring = rings[number];
    ring.of->group->open(ring.number, ring.touch_limit);
  });
  for (std::size_t number = 0; number < rings.size(); ++number) {
    RingGroupResult& result = *rings[number].of;
    if (!result.error) result.error = errors[number];
  }
  std::vector<std::unique_ptr<RingGroup>> failed;
  for (RingGroupResult& result : results) {
    if (result.error && result.group) failed.push_back(std::move(result.group));
  }
  close_ring_groups(failed);
  return results;
}

void close_ring_groups(const std::vector<std::unique_ptr<RingGroup>>& groups) {
  std::vector<ring::RxRing> rings;
  for (const auto& group : groups) {
    if (group) std::ranges::move(group->rings(), std::back_inserter(rings));
  }
  close_rings(std::move(rings));
}

}  // namespace ringtail::capture
