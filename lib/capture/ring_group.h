#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture_options.h"
#include "filter/program.h"
#include "pcapfile/record_shape.h"
#include "ring/interface.h"
#include "ring/link_type.h"
#include "ring/rx_ring.h"

namespace ringtail::capture {

inline constexpr std::chrono::milliseconds kBlockTimeout{60};

// What the rings of a group have in common.
struct RingGroupOptions {
  std::size_t rings = 0;
  std::uint32_t blocks_per_ring = 0;
  std::uint32_t snaplen = 0;
  bool promiscuous = true;
  ring::Clock clock = ring::Clock::kHost;
  pcapfile::Precision precision = pcapfile::Precision::kNano;
  pcapfile::Format format = pcapfile::Format::kPcap;
  ring::FanoutMode fanout = ring::FanoutMode::kHash;
  bool operator==(const RingGroupOptions&) const = default;
};

[[nodiscard]] RingGroupOptions ring_group_options(const CaptureOptions& capture);

// The rings for one interface, one in each of several workers, for links of one hardware type.
// Opened by any thread, then used by the control thread; a worker takes blocks from its ring. A
// group is bound once: when the interface is another, so is the group. Its end takes long, see
// close_ring_groups().
class RingGroup {
 public:
  // Gets the filter; the interface need not exist. Throws what filter_for() does. Then each ring is
  // to be opened.
  RingGroup(const RingGroupOptions& options, const InterfaceOptions& interface, int hardware_type);
  RingGroup(const RingGroup&) = delete;
  RingGroup& operator=(const RingGroup&) = delete;
  ~RingGroup();

  // Gets the memory of one ring; several may be opened at a time. Throws what RxRing::open() does.
  void open(std::size_t ring, std::chrono::milliseconds touch_limit);

  // To the interface as it is now; then the rings share its packets. Throws what RxRing::bind() and
  // FanoutGroup::join() do, and must not be used any further then.
  void bind(const ring::Interface& link);
  // From now on packets come in. Throws std::system_error.
  void open_filter();
  // Those of another filter from now on, which the kernel swaps atomically. Throws
  // std::system_error, and has changed nothing then.
  void change_filter(filter::Program filter);
  [[nodiscard]] const filter::Program& filter() const { return filter_; }
  [[nodiscard]] int hardware_type() const { return hardware_type_; }

  [[nodiscard]] bool is_for(const ring::Interface& link) const {
    return link.hardware_type == hardware_type_;
  }
  // Whether that is still what it was bound to.
  [[nodiscard]] bool is_bound_to(const std::optional<ring::Interface>& link) const {
    return link && is_for(*link) && link->index == bound_index_;
  }
  [[nodiscard]] pcapfile::RecordShape record_shape() const;
  [[nodiscard]] std::uint32_t linktype() const { return link_type_.number; }
  // In the order in which they join the fanout.
  [[nodiscard]] std::vector<ring::RxRing>& rings() { return rings_; }

 private:
  std::string interface_;
  int hardware_type_;
  ring::LinkType link_type_;
  filter::Program filter_;
  bool open_ = false;  // the filter is in the rings
  RingGroupOptions options_;
  std::vector<ring::RxRing> rings_;
  std::optional<int> bound_index_;
};

// A group that is wanted, and what has come of it. `interface` must be there until it is opened.
struct RingGroupRequest {
  RingGroupOptions options;
  const InterfaceOptions* interface = nullptr;
  int hardware_type = 0;
  std::chrono::milliseconds touch_limit = ring::RxRingOptions{}.touch_limit;
};
struct RingGroupResult {
  std::unique_ptr<RingGroup> group;
  std::exception_ptr error;  // why there is none: what the first of its rings has thrown
};

// Opening a ring waits for the kernel, and so does closing it: these two do so for several rings at
// a time (base::in_parallel()), which then wait for the same. Results are in the requests' order.
// Groups that were closed must not be used any further; there may be none in a place.
[[nodiscard]] std::vector<RingGroupResult> open_ring_groups(
    const std::vector<RingGroupRequest>& requests);
void close_ring_groups(const std::vector<std::unique_ptr<RingGroup>>& groups);

}  // namespace ringtail::capture
