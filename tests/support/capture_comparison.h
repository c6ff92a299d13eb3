#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ringtail::support {

// What two captures of the same traffic have in common. Two frames are equal if link type, length
// on the wire and captured bytes are (without what clear_address_padding() zeros); order does not
// count, number of occurrences does.
struct CaptureComparison {
  std::uint64_t left_packets = 0;
  std::uint64_t right_packets = 0;
  std::uint64_t common = 0;
  std::uint64_t only_left = 0;
  std::uint64_t only_right = 0;
  // Of equal frames, the k-th of one side against the k-th of the other, each in time order.
  std::chrono::nanoseconds largest_time_difference{0};

  [[nodiscard]] bool same_frames() const { return only_left == 0 && only_right == 0; }
};

// Whether tags count: tcpdump does not record those that the kernel takes out of a cooked packet.
enum class VlanTags { kCompared, kStripped };

// Throws what CaptureFile throws. Each side is a set of files.
[[nodiscard]] CaptureComparison compare_captures(const std::vector<std::string>& left,
                                                 const std::vector<std::string>& right,
                                                 VlanTags tags = VlanTags::kCompared);

}  // namespace ringtail::support
