#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ring/block_layout.h"
#include "ring/frame.h"

namespace ringtail::ring {

// Walks the packets of one block, front to back, by count (the last packet's next offset is 0).
//
// The kernel's bytes are checked, never trusted: a packet header or its data that leave the block,
// overlap the packet before, each other or the link address between them, or claim more captured
// than wire bytes end the walk, since nothing behind them can be found; malformed() then says how
// many packets of the block were not seen.
//
// next() reads a packet's header and the place of the following one before it returns, so the
// caller may overwrite everything up to the end of the returned frame's data.
class FrameCursor {
 public:
  // `first_offset` is counted from the block's begin, as in the block descriptor. The kernel fills
  // the block up to a multiple of kPacketAlignment: what lies beyond the last one does not count.
  FrameCursor(std::span<std::byte> block, std::uint32_t first_offset, std::uint32_t packet_count)
      : block_(block.first(block.size() / kPacketAlignment * kPacketAlignment)),
        offset_(first_offset),
        remaining_(packet_count) {}

  [[nodiscard]] std::optional<Frame> next();

  // After next() returned nothing: the packets that could not be walked.
  [[nodiscard]] std::uint32_t malformed() const { return remaining_; }

 private:
  std::span<std::byte> block_;
  std::size_t offset_;            // of the next packet's header
  std::size_t previous_end_ = 0;  // of the previous packet's data
  std::uint32_t remaining_;
};

}  // namespace ringtail::ring
