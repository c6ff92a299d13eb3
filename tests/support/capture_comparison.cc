#include "support/capture_comparison.h"

#include <algorithm>
#include <compare>
#include <cstring>
#include <deque>
#include <tuple>

#include "support/capture_file.h"
#include "support/crc32.h"
#include "support/link_header.h"
#include "support/numbered_frame_decoder.h"

namespace ringtail::support {
namespace {

struct Frame {
  std::uint32_t hash = 0;  // sorts most pairs without touching their bytes
  std::uint32_t linktype = 0;
  CaptureRecord record;
};

struct Side {
  // The frames' bytes live in here: as they are in the file, or what of them is compared.
  std::vector<CaptureFile> files;
  std::deque<std::vector<std::uint8_t>> compared;
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

// What of the record is compared, if that is not all of it.
CaptureRecord compared_part(const CaptureRecord& record, std::uint32_t linktype, VlanTags tags,
                            Side& side) {
  if (linktype != kLinktypeCooked2 && tags == VlanTags::kCompared) return record;
  auto& bytes = side.compared.emplace_back(record.bytes.begin(), record.bytes.end());
  if (linktype == kLinktypeCooked2) clear_address_padding(bytes);
  CaptureRecord part = record;
  if (tags == VlanTags::kStripped) part.wire_length -= strip_vlan_tags(linktype, bytes);
  part.bytes = bytes;
  return part;
}

Side read_side(const std::vector<std::string>& paths, VlanTags tags) {
  Side side;
  for (const auto& path : paths) {
    CaptureFile& file = side.files.emplace_back(path);
    while (const auto record = file.next()) {
      const CaptureRecord part = compared_part(*record, file.linktype(), tags, side);
      side.frames.push_back({crc32(part.bytes), file.linktype(), part});
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
                                   const std::vector<std::string>& right, VlanTags tags) {
  const Side left_side = read_side(left, tags);
  const Side right_side = read_side(right, tags);
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
