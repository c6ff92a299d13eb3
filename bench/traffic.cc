#include "bench/traffic.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

namespace ringtail::bench {
namespace {

constexpr std::size_t kLargestFrame = 65'535;
constexpr std::size_t kIpOffset = 14;
constexpr std::uint8_t kHeaders[] = {
    0x02, 0x52, 0x54, 0,    0,  2,  0x02, 0x52, 0x54, 0,  0, 1, 0x08, 0x00,  // Ethernet: IPv4
    0x45, 0,    0,    0,    0,  0,  0x40, 0,    64,   17, 0, 0,              // UDP, don't fragment
    10,   82,   84,   1,    10, 82, 84,   2,                                 // from, to
    0,    0,    0x20, 0x5c, 0,  0,  0,    0,                                 // to port 8284
};

void put(std::vector<std::uint8_t>& frame, std::size_t at, std::size_t value) {
  frame[at] = static_cast<std::uint8_t>(value >> 8);
  frame[at + 1] = static_cast<std::uint8_t>(value);
}

// Of what is UDP so far; the numbers are whatever is there.
void make_tcp(std::vector<std::uint8_t>& frame, Carried carried) {
  constexpr std::uint8_t kTcp = 6;
  constexpr std::uint16_t kFiveWords = 5U << 12U;  // of header
  constexpr std::uint16_t kSyn = 0x02;
  constexpr std::uint16_t kAck = 0x10;
  frame[kIpOffset + 9] = kTcp;
  put(frame, kPortOffset + 12, kFiveWords | (carried == Carried::kTcpSyn ? kSyn : kAck));
}

}  // namespace

FrameSizes read_sizes(std::string_view text) {
  if (text == "imix") return {.largest = kMixLarge, .mixed = true};
  std::size_t size = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, size);
  if (error != std::errc{} || rest != end || size < kSmallestFrame || size > kLargestFrame)
    throw std::invalid_argument("neither imix nor a size from 60 to 65535: " + std::string(text));
  return {.largest = size, .mixed = false};
}

std::vector<std::uint8_t> make_frame(std::size_t size, Carried carried) {
  std::vector<std::uint8_t> frame(size, 0x5a);
  std::copy(std::begin(kHeaders), std::end(kHeaders), frame.begin());
  put(frame, kIpOffset + 2, size - kIpOffset);
  put(frame, kPortOffset, kFirstPort);
  carried == Carried::kUdp ? put(frame, kPortOffset + 4, size - kPortOffset)
                           : make_tcp(frame, carried);
  return frame;
}

}  // namespace ringtail::bench
