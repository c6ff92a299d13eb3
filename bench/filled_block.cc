#include "bench/filled_block.h"

#include <linux/if_arp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "bench/traffic.h"
#include "ring/block_layout.h"
#include "support/crafted_block.h"

namespace ringtail::bench {
namespace {

constexpr std::size_t kEthernetHeaderBytes = 14;

std::size_t size_of(std::uint32_t packet, std::size_t frame_bytes) {
  if (frame_bytes != FilledBlock::kMix) return frame_bytes;
  const std::uint32_t scattered = (packet * 5) % kMixOf;  // neighbours differ
  if (scattered < kMixSmallShare) return kMixSmall;
  return scattered < kMixSmallShare + kMixMiddleShare ? kMixMiddle : kMixLarge;
}

sockaddr_ll crafted_address() {
  sockaddr_ll address{};
  address.sll_ifindex = 2;
  address.sll_hatype = ARPHRD_ETHER;
  address.sll_halen = 6;
  return address;
}

support::CraftedPacket packet_of(std::uint32_t number, pcapfile::LinkHeader link_header,
                                 std::size_t frame_bytes) {
  support::CraftedPacket packet{.bytes = make_frame(size_of(number, frame_bytes))};
  packet.nanoseconds = number * 1000;
  if (link_header != pcapfile::LinkHeader::kEthernet)
    packet.bytes.erase(packet.bytes.begin(), packet.bytes.begin() + kEthernetHeaderBytes);
  if (link_header == pcapfile::LinkHeader::kCooked) packet.address = crafted_address();
  return packet;
}

}  // namespace

void FilledBlock::FreeMemory::operator()(std::byte* memory) const { std::free(memory); }

FilledBlock::FilledBlock(pcapfile::LinkHeader link_header, std::size_t frame_bytes)
    : memory_(static_cast<std::byte*>(
          std::aligned_alloc(ring::kPageBytes, support::CraftedBlock::kBytes))) {
  if (!memory_) throw std::bad_alloc();
  support::CraftedBlock block;
  for (;;) {
    const support::CraftedPacket packet = packet_of(packets_, link_header, frame_bytes);
    if (!block.fits(packet)) break;
    block.add(packet);
    ++packets_;
  }
  pristine_.assign(block.bytes().begin(), block.bytes().end());
}

std::span<std::byte> FilledBlock::fresh() {
  std::copy(pristine_.begin(), pristine_.end(), memory_.get());
  return bytes();
}

}  // namespace ringtail::bench
