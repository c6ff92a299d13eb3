#include "support/capture_comparison.h"

#include <algorithm>
#include <compare>
#include <cstring>
#include <tuple>

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
  const auto sizes = [](const Frame& frame) {
    return std::tuple(frame.hash, frame.linktype, frame.record.wire_length,
                      frame.record.bytes.size());
  };
  const auto order = sizes(a) <=> sizes(b);
  if (std::is_neq(order) || a.record.bytes.empty()) return order;
  const auto* bytes = a.record.bytes.data();
  return std::memcmp(bytes, b.record.bytes.data(), a.record.bytes.size()) <=> 0;
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
    return std::is_neq(order) ? std::is_lt(order) : a.record.time_ns < b.record.time_ns;
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
    if (std::is_eq(order)) {
      const std::chrono::nanoseconds difference{a->record.time_ns - b->record.time_ns};
      result.largest_time_difference =
          std::max(result.largest_time_difference, std::chrono::abs(difference));
      ++result.common;
    }
    if (std::is_lteq(order)) ++a;
    if (std::is_gteq(order)) ++b;
  }
  result.only_left = result.left_packets - result.common;
  result.only_right = result.right_packets - result.common;
  return result;
}

}  // namespace ringtail::support
