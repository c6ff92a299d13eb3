#include "pcapfile/record_walk.h"

namespace ringtail::pcapfile {
namespace {

// A pcapng file begins with the same byte in either byte order, and no pcap file does.
constexpr std::byte kPcapngBegin{static_cast<std::uint32_t>(BlockType::kSectionHeader) & 0xff};
static_assert(kPcapngBegin ==
              std::byte{static_cast<std::uint32_t>(BlockType::kSectionHeader) >> 24U});

}  // namespace

void RecordWalk::feed(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (!begun_ && bytes.front() == kPcapngBegin) walk_.emplace<PcapngWalk>();
  begun_ = true;
  std::visit([bytes](auto& walk) { walk.feed(bytes); }, walk_);
}

void RecordWalk::finish() {
  std::visit([](auto& walk) { walk.finish(); }, walk_);
}

const WalkedFile& RecordWalk::found() const {
  return std::visit([](const auto& walk) -> const WalkedFile& { return walk.found(); }, walk_);
}

}  // namespace ringtail::pcapfile
