#include "capture/ring_group.h"

#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"

namespace ringtail::capture {

RingGroup::RingGroup(const CaptureOptions& capture, const InterfaceOptions& interface,
                     int hardware_type)
    : hardware_type_(hardware_type),
      link_type_(ring::link_type_of(hardware_type)),
      filter_(interface.filter_for(hardware_type)),
      fanout_(capture.fanout),
      snaplen_(capture.snaplen),
      precision_(capture.precision) {
  rings_.reserve(capture.cpus.size());
  for (std::size_t worker = 0; worker < capture.cpus.size(); ++worker) {
    rings_.push_back(ring::RxRing::open({.interface = interface.name,
                                         .block_count = capture.blocks_per_ring,
                                         .cooked = link_type_.cooked,
                                         .promiscuous = capture.promiscuous,
                                         .clock = capture.clock,
                                         .block_timeout = kBlockTimeout}));
  }
}

void RingGroup::bind(const ring::Interface& link) {
  ring::FanoutGroup group(fanout_);
  for (const ring::RxRing& ring : rings_) {
    ring.bind(link.index);
    if (rings_.size() > 1) ring.join(group);
  }
  bound_index_ = link.index;
}

void RingGroup::open_filter() const {
  for (const ring::RxRing& ring : rings_) ring.attach_filter(filter_);
}

pcapfile::RecordShape RingGroup::record_shape() const {
  pcapfile::RecordShape shape{pcapfile::LinkHeader::kOther, precision_, snaplen_};
  if (link_type_.number == pcapfile::kLinktypeEthernet)
    shape.link_header = pcapfile::LinkHeader::kEthernet;
  if (link_type_.cooked) shape.link_header = pcapfile::LinkHeader::kCooked;
  return shape;
}

}  // namespace ringtail::capture
