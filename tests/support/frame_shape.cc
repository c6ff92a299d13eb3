#include "support/frame_shape.h"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

namespace ringtail::support {
namespace {

constexpr std::array<std::size_t, 12> kImixSizes = {60, 590,  60, 60,  590, 60,
                                                    60, 1514, 60, 590, 60,  590};

std::size_t read_size(std::string_view text) {
  std::size_t size = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, size);
  if (error != std::errc{} || rest != end || size < kSmallestFrame || size > kLargestFrame) {
    throw std::invalid_argument("not a frame size from 60 to 65535: '" + std::string(text) + "'");
  }
  return size;
}

}  // namespace

void set_sizes(FrameShape& shape, std::string_view text) {
  shape.imix = text == "imix";
  if (shape.imix) return;
  const auto dash = text.find('-');
  shape.smallest = read_size(text.substr(0, dash));
  shape.largest =
      dash == std::string_view::npos ? shape.smallest : read_size(text.substr(dash + 1));
  if (shape.largest < shape.smallest) {
    throw std::invalid_argument("the smallest size comes first: '" + std::string(text) + "'");
  }
}

std::size_t frame_size(const FrameShape& shape, std::uint64_t number) {
  if (shape.imix) return kImixSizes[number % kImixSizes.size()];
  // Scattered by Fibonacci hashing, so that neighbours differ in size.
  const std::uint64_t scattered = (number * 0x9E3779B97F4A7C15) >> 32;
  return shape.smallest + scattered % (shape.largest - shape.smallest + 1);
}

std::size_t largest_frame_size(const FrameShape& shape) {
  return shape.imix ? 1514 : shape.largest;
}

}  // namespace ringtail::support
