#include "capture/ring_group.h"

#include <system_error>
#include <utility>

#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"

namespace ringtail::capture {

RingGroup::RingGroup(const CaptureOptions& capture, const std::string& interface, int hardware_type)
    : hardware_type_(hardware_type),
      link_type_(ring::link_type_of(hardware_type)),
      filter_(capture.filter_for(interface, hardware_type)),
      fanout_(capture.fanout),
      snaplen_(capture.snaplen),
      precision_(capture.precision) {
  rings_.reserve(capture.cpus.size());
  for (std::size_t worker = 0; worker < capture.cpus.size(); ++worker) {
    rings_.push_back(ring::RxRing::open({.interface = interface,
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
  pcapfile::RecordShape shape{pcapfile::LinkHeader::kOther, precision_, snaplen_};
  if (link_type_.number == pcapfile::kLinktypeEthernet)
    shape.link_header = pcapfile::LinkHeader::kEthernet;
  if (link_type_.cooked) shape.link_header = pcapfile::LinkHeader::kCooked;
  return shape;
}

}  // namespace ringtail::capture
