#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringtail::support {

constexpr std::size_t kSmallestFrame = 60;     // Ethernet's minimum without the check sequence
constexpr std::size_t kLargestFrame = 65'535;  // what one IPv4 packet behind two headers can fill

// What the numbered frames of one run look like. The size of a frame follows from its number, so
// that a run can be repeated and continued.
struct FrameShape {
  std::size_t smallest = kSmallestFrame;
  std::size_t largest = kSmallestFrame;
  bool imix = false;               // 7 small, 4 middle and 1 large of each 12; overrides the sizes
  std::uint16_t vlan = 0;          // 802.1Q identifier, part of the frame's size; 0: no tag
  std::uint16_t source_ports = 1;  // how many flows: the source port varies with the number
};

// Reads "BYTES", "MIN-MAX" or "imix" into `shape`'s sizes; throws std::invalid_argument.
void set_sizes(FrameShape& shape, std::string_view text);

[[nodiscard]] std::size_t frame_size(const FrameShape& shape, std::uint64_t number);
[[nodiscard]] std::size_t largest_frame_size(const FrameShape& shape);

}  // namespace ringtail::support
