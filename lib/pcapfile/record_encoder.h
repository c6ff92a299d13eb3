#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "pcapfile/cooked_header.h"
#include "pcapfile/move_bytes.h"
#include "pcapfile/pcap_format.h"
#include "pcapfile/pcapng_format.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// What a record adds to its packet's data at most, whatever its shape, but for the padding of a
// pcapng block to 4 bytes.
inline constexpr std::size_t kMaxAddedBytes =
    sizeof(PacketHeader) + sizeof(TaggedCookedHeader) + sizeof(PacketEnd);
static_assert(sizeof(RecordHeader) + sizeof(TaggedCookedHeader) <= kMaxAddedBytes);

// What a record's header says of its packet.
struct PacketLengths {
  std::uint32_t captured;
  std::uint32_t on_wire;
};

// The following are inlined for each shape of records, so that a frame stays in registers: passed
// on by reference it would lie in memory.

// Moves a packet as it is down to `to`, which lies behind its record's header.
template <typename Frame>
[[gnu::always_inline]] inline PacketLengths put_data(const Frame& frame, std::byte* to,
                                                     std::uint32_t snaplen) {
  const auto captured =
      static_cast<std::uint32_t>(std::min<std::size_t>(frame.data.size(), file_snaplen(snaplen)));
  move_bytes(to, frame.data.data(), captured);
  return {captured, frame.length};
}

// The same for an Ethernet frame, with the VLAN tag that the kernel took out put back.
template <typename Frame>
[[gnu::noinline]] PacketLengths put_tagged_ethernet(const Frame& frame, std::byte* to,
                                                    std::uint32_t snaplen) {
  constexpr std::size_t kTagOffset = 12;  // behind the two MAC addresses
  const std::uint32_t max_captured = file_snaplen(snaplen);
  const std::byte* from = frame.data.data();
  const auto captured =
      static_cast<std::uint32_t>(std::min<std::size_t>(frame.data.size(), max_captured));
  if (captured < kTagOffset || max_captured < kTagOffset + kVlanTagBytes)
    return put_data(frame, to, snaplen);
  // Front to back: each move ends below what the next one reads.
  std::memmove(to, from, kTagOffset);
  const std::uint32_t with_tag = std::min(captured, max_captured - kVlanTagBytes) + kVlanTagBytes;
  move_bytes(to + kTagOffset + kVlanTagBytes, from + kTagOffset,
             with_tag - kTagOffset - kVlanTagBytes);
  const std::uint16_t tag[] = {htons(frame.vlan_tpid), htons(frame.vlan_tci)};
  static_assert(sizeof tag == kVlanTagBytes);
  std::memcpy(to + kTagOffset, tag, sizeof tag);
  return {with_tag, frame.length + kVlanTagBytes};
}

template <typename Frame>
[[gnu::always_inline]] inline PacketLengths put_ethernet(const Frame& frame, std::byte* to,
                                                         std::uint32_t snaplen) {
  if (frame.tagged) [[unlikely]] {
    const Frame copy = frame;  // that this one may stay in registers
    return put_tagged_ethernet(copy, to, snaplen);
  }
  return put_data(frame, to, snaplen);
}

// The same for a packet without a link-layer header, which gets a cooked one.
template <typename Frame>
[[gnu::always_inline]] inline PacketLengths put_cooked(const Frame& frame, std::byte* to,
                                                       std::uint32_t snaplen) {
  // Before the first write, which may go over the link address.
  const TaggedCookedHeader header = cooked_header(frame);
  const std::uint32_t header_bytes = frame.tagged ? sizeof header : sizeof header.header;
  const std::uint32_t max_captured =
      frame.tagged ? file_snaplen(snaplen) : std::min(snaplen, kMaxSnaplen);
  const auto captured = static_cast<std::uint32_t>(
      std::min<std::size_t>(header_bytes + frame.data.size(), max_captured));
  // All of the header, as that is one fixed copy: what does not count of it is written over.
  std::memcpy(to, &header, sizeof header);
  if (captured > header_bytes) {
    move_bytes(to + header_bytes, frame.data.data(), captured - header_bytes);
  }
  return {captured, frame.length + header_bytes};
}

template <LinkHeader kLinkHeader, typename Frame>
[[gnu::always_inline]] inline PacketLengths put_packet(const Frame& frame, std::byte* to,
                                                       std::uint32_t snaplen) {
  if constexpr (kLinkHeader == LinkHeader::kEthernet) return put_ethernet(frame, to, snaplen);
  if constexpr (kLinkHeader == LinkHeader::kCooked) return put_cooked(frame, to, snaplen);
  return put_data(frame, to, snaplen);
}

template <LinkHeader kLinkHeader, Precision kPrecision, typename Frame>
[[gnu::always_inline]] inline std::size_t encode_pcap_record(const Frame& frame, std::byte* to,
                                                             std::uint32_t snaplen) {
  const PacketLengths lengths = put_packet<kLinkHeader>(frame, to + sizeof(RecordHeader), snaplen);
  const RecordHeader header{.seconds = frame.seconds,
                            .subseconds = frame.nanoseconds / nanoseconds_per_unit(kPrecision),
                            .captured_length = lengths.captured,
                            .length = lengths.on_wire};
  std::memcpy(to, &header, sizeof header);
  return sizeof header + lengths.captured;
}

template <LinkHeader kLinkHeader, Precision kPrecision, typename Frame>
[[gnu::always_inline]] inline std::size_t encode_pcapng_record(const Frame& frame, std::byte* to,
                                                               std::uint32_t snaplen) {
  // Before the first write, which may go over the link address.
  const std::uint32_t flags = flags_of(frame.packet_type());
  const PacketLengths lengths = put_packet<kLinkHeader>(frame, to + sizeof(PacketHeader), snaplen);
  const std::uint32_t record_bytes = packet_block_bytes(lengths.captured);
  const std::uint64_t units = units_since_1970({frame.seconds, frame.nanoseconds}, kPrecision);
  // Made where they lie, which is aligned for it: put together elsewhere and copied, each would
  // wait for its own parts.
  ::new (to) PacketHeader{.block_length = record_bytes,
                          .time_high = static_cast<std::uint32_t>(units >> 32U),
                          .time_low = static_cast<std::uint32_t>(units),
                          .captured_length = lengths.captured,
                          .length = lengths.on_wire};
  // One fixed store for a padding of any length: what is too much of it is written over.
  constexpr std::uint32_t kPadding = 0;
  std::memcpy(to + sizeof(PacketHeader) + lengths.captured, &kPadding, sizeof kPadding);
  ::new (to + record_bytes - sizeof(PacketEnd))
      PacketEnd{.flags = flags, .block_length = record_bytes};
  return record_bytes;
}

// Puts one frame's record at `to` and returns the record's size. `to` lies at least kMaxAddedBytes
// below the frame's data; for pcapng at a multiple of 4 bytes, as everything that is put there then
// does, and the frame's data so far behind one that its block's padding ends within the kernel's.
template <Format kFormat, LinkHeader kLinkHeader, Precision kPrecision, typename Frame>
[[gnu::always_inline]] inline std::size_t encode_record(const Frame& frame, std::byte* to,
                                                        std::uint32_t snaplen) {
  if constexpr (kFormat == Format::kPcapng)
    return encode_pcapng_record<kLinkHeader, kPrecision>(frame, to, snaplen);
  return encode_pcap_record<kLinkHeader, kPrecision>(frame, to, snaplen);
}

}  // namespace ringtail::pcapfile
