#include "capture/ring_group.h"

#include <system_error>
#include <utility>

#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"

namespace ringtail::capture {

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
    : hardware_type_(hardware_type),
      link_type_(ring::link_type_of(hardware_type)),
      filter_(interface.filter_for(hardware_type)),
      options_(options) {
  rings_.reserve(options_.rings);
  while (rings_.size() < options_.rings) {
    rings_.push_back(ring::RxRing::open({.interface = interface.name,
                                         .block_count = options_.blocks_per_ring,
                                         .cooked = link_type_.cooked,
                                         .promiscuous = options_.promiscuous,
                                         .clock = options_.clock,
                                         .block_timeout = kBlockTimeout}));
  }
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

}  // namespace ringtail::capture
