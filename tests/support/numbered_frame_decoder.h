#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringtail::support {

enum class FrameVerdict {
  kNumbered,   // complete, and each byte is as it was sent
  kTruncated,  // ours, cut by a snaplen; what is there is as it was sent
  kCorrupt,    // ours, but changed
  kForeign,    // not a numbered frame, or too short to tell
};

struct DecodedFrame {
  FrameVerdict verdict = FrameVerdict::kForeign;
  std::uint64_t number = 0;  // of kNumbered and kTruncated
};

constexpr std::uint32_t kLinktypeEthernet = 1;
constexpr std::uint32_t kLinktypeCooked = 113;
constexpr std::uint32_t kLinktypeCooked2 = 276;

// Recognises a numbered frame in a captured one of an Ethernet or cooked link type. `wire_length`
// is the length before it was cut to a snaplen.
[[nodiscard]] DecodedFrame decode_numbered_frame(std::uint32_t linktype,
                                                 std::span<const std::uint8_t> frame,
                                                 std::size_t wire_length);

}  // namespace ringtail::support
