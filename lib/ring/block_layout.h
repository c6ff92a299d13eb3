#pragma once

#include <cstddef>
#include <cstdint>

namespace ringtail::ring {

// How one block of a TPACKET_V3 ring is laid out for in-place encoding:
//
//   0     block descriptor (kernel, 48 bytes). Bit 0 of its status must stay set while the block
//         is ours, or the kernel reopens it: never part of what is written.
//   4096  kRunOffset: the run of encoded records begins here, page-aligned for O_DIRECT, with the
//         carry of the run before (under one page) in front.
//   8192  kFirstFrameOffset: the kernel's first packet header, 48 + kPrivateBytes.
//
// Source: packet(7); `BLK_PLUS_PRIV` and `prb_open_block` in net/packet/af_packet.c.
inline constexpr std::uint32_t kBlockSizeBytes = 1U << 20;  // past the knee: 64 KiB costs 4x
inline constexpr std::uint32_t kBlockDescriptorBytes = 48;
inline constexpr std::uint32_t kPageBytes = 4096;
inline constexpr std::uint32_t kRunOffset = kPageBytes;
inline constexpr std::uint32_t kFirstFrameOffset = 2 * kPageBytes;
inline constexpr std::uint32_t kPrivateBytes = kFirstFrameOffset - kBlockDescriptorBytes;

// What the kernel puts in front of each packet's data at least: its header and its link address
// (TPACKET3_HDRLEN). Headers are aligned. An encoder whose records add no more than that to the
// data, but for as much alignment, never overtakes its input.
inline constexpr std::size_t kPacketHeaderBytes = 48;
inline constexpr std::size_t kBytesBeforeData = kPacketHeaderBytes + 20;
inline constexpr std::size_t kPacketAlignment = 8;

// A ring with fewer blocks freezes on every burst.
inline constexpr std::uint32_t kMinBlockCount = 8;

}  // namespace ringtail::ring
