#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "pcapfile/record_shape.h"

namespace ringtail::bench {

// A block of a ring, full of packets of one size (or, for kMix, of the sizes of the mix), that can
// be had afresh as often as needed: encoding destroys it. One thread.
class FilledBlock {
 public:
  static constexpr std::size_t kMix = 0;

  FilledBlock(pcapfile::LinkHeader link_header, std::size_t frame_bytes);

  // The block as the kernel hands it over; a reference to the same memory each time.
  [[nodiscard]] std::span<std::byte> fresh();
  // As encoding has left it.
  [[nodiscard]] std::span<std::byte> bytes() { return {memory_.get(), pristine_.size()}; }
  [[nodiscard]] std::uint32_t packets() const { return packets_; }

 private:
  struct FreeMemory {
    void operator()(std::byte* memory) const;
  };
  std::vector<std::byte> pristine_;
  std::unique_ptr<std::byte, FreeMemory> memory_;
  std::uint32_t packets_ = 0;
};

}  // namespace ringtail::bench
