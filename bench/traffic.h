#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ringtail::bench {

// The frames of a run differ in nothing but their source port, one of so many from kFirstPort
// on (a filter for one of them takes 1 % of them), and, in a mix, their size.
inline constexpr std::uint16_t kFirstPort = 20'000;
inline constexpr std::uint32_t kPorts = 100;
inline constexpr std::size_t kPortOffset = 34;  // behind Ethernet and IPv4 headers
inline constexpr std::size_t kSmallestFrame = 60;

// The mix: 7 small, 4 middle and 1 large of each 12, in random order.
inline constexpr std::size_t kMixSmall = 60;
inline constexpr std::size_t kMixMiddle = 590;
inline constexpr std::size_t kMixLarge = 1514;
inline constexpr std::uint32_t kMixOf = 12;
inline constexpr std::uint32_t kMixSmallShare = 7;
inline constexpr std::uint32_t kMixMiddleShare = 4;

struct FrameSizes {
  std::size_t largest = kSmallestFrame;
  bool mixed = false;
};

// Behind the IPv4 header. TCP's are a segment in the middle of a connection, and one that opens it.
enum class Carried { kUdp, kTcpAck, kTcpSyn };

// Reads "BYTES" (Ethernet header included, check sequence not) or "imix"; throws
// std::invalid_argument.
[[nodiscard]] FrameSizes read_sizes(std::string_view text);

// An Ethernet frame with an IPv4 header, addressed to nobody, so that the receiving host's IP drops
// it at once.
[[nodiscard]] std::vector<std::uint8_t> make_frame(std::size_t size,
                                                   Carried carried = Carried::kUdp);

}  // namespace ringtail::bench
