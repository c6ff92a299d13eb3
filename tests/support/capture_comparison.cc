#include "support/capture_comparison.h"

#include <algorithm>
#include <compare>
#include <cstring>

#include "support/capture_file.h"
#include "support/crc32.h"

namespace ringtail::support {
namespace {

struct Frame {
  std::uint32_t hash = 0;  // sorts most pairs without touching their bytes
  std::uint32_t linktype = 0;
  CaptureRecord record;
};

struct Side {
  std::vector<CaptureFile> files;  // the frames' bytes live in here
  std::vector<Frame> frames;
};

std::strong_ordering compare_content(const Frame& a, const Frame& b) {
  if (const auto order = a.hash <=> b.hash; order != 0) return order;
  if (const auto order = a.linktype <=> b.linktype; order != 0) return order;
  if (const auto order = a.record.wire_length <=> b.record.wire_length; order != 0) return order;
  const auto size_a = a.record.bytes.size();
  const auto size_b = b.record.bytes.size();
  if (const auto order = size_a <=> size_b; order != 0 || size_a == 0) return order;
  return std::memcmp(a.record.bytes.data(), b.record.bytes.data(), size_a) <=> 0;
}

Side read_side(const std::vector<std::string>& paths) {
  Side side;
  for (const auto& path : paths) {
    CaptureFile& file = side.files.emplace_back(path);
    while (const auto record = file.next()) {
      side.frames.push_back({crc32(record->bytes), file.linktype(), *record});
    }
  }
  std::sort(side.frames.begin(), side.frames.end(), [](const Frame& a, const Frame& b) {
    const auto order = compare_content(a, b);
    return order != 0 ? order < 0 : a.record.time_ns < b.record.time_ns;
  });
  return side;
}

}  // namespace

CaptureComparison compare_captures(const std::vector<std::string>& left,
                                   const std::vector<std::string>& right) {
  const Side left_side = read_side(left);
  const Side right_side = read_side(right);
  CaptureComparison result;
  result.left_packets = left_side.frames.size();
  result.right_packets = right_side.frames.size();
  auto a = left_side.frames.begin();
  auto b = right_side.frames.begin();
  while (a != left_side.frames.end() && b != right_side.frames.end()) {
    const auto order = compare_content(*a, *b);
    if (order == 0) {
      const std::chrono::nanoseconds difference{a->record.time_ns - b->record.time_ns};
      result.largest_time_difference =
          std::max(result.largest_time_difference, std::chrono::abs(difference));
      ++result.common;
    }
    if (order <= 0) ++a;
    if (order >= 0) ++b;
  }
  result.only_left = result.left_packets - result.common;
  result.only_right = result.right_packets - result.common;
  return result;
}

}  // namespace ringtail::support
