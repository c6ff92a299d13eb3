#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {

// Runs are written in whole pages of this size; what does not fill one is carried on.
inline constexpr std::size_t kPageBytes = 4096;

// What a block's frames offer: in order, each with its data inside the run's memory, behind the end
// of the frame before by at least kBytesBetween (the kernel's packet header). next() must have read
// what it needs of everything up to the end of the frame it returns.
template <typename Cursor>
concept FrameSource = requires(Cursor cursor) {
  { cursor.next()->data } -> std::convertible_to<std::span<std::byte>>;
  { cursor.next()->length } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->seconds } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->nanoseconds } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->tagged } -> std::convertible_to<bool>;
  { cursor.next()->vlan_tpid } -> std::convertible_to<std::uint16_t>;
  { cursor.next()->vlan_tci } -> std::convertible_to<std::uint16_t>;
};

// The packets of one block as one contiguous run of records. All offsets count from the run's
// begin.
struct EncodedRun {
  std::size_t end = 0;        // of the last record
  std::uint64_t packets = 0;  // encoded
  // The last record that ends at or before the last whole page: what is on disk as soon as the
  // run's whole pages are.
  std::size_t whole_end = 0;
  std::uint64_t whole_packets = 0;
  std::uint64_t wire_bytes = 0;     // of these packets, as they were on the link
  std::uint32_t first_seconds = 0;  // of the first packet, if there is one
  std::uint32_t first_nanoseconds = 0;
};

// Puts one frame's record at `to`, below the frame's own data, and returns the record's size.
template <typename Frame>
std::size_t encode_record(const Frame& frame, std::byte* to, std::uint32_t max_captured) {
  const std::byte* from = frame.data.data();
  std::size_t captured = std::min<std::size_t>(frame.data.size(), max_captured);
  RecordHeader header{frame.seconds, frame.nanoseconds, 0, frame.length};
  std::byte* body = to + sizeof header;
  if (frame.tagged && captured >= kVlanTagOffset &&
      max_captured >= kVlanTagOffset + kVlanTagBytes) {
    // Front to back: each move ends below what the next one reads.
    std::memmove(body, from, kVlanTagOffset);
    const std::size_t rest =
        std::min<std::size_t>(captured, max_captured - kVlanTagBytes) - kVlanTagOffset;
    std::memmove(body + kVlanTagOffset + kVlanTagBytes, from + kVlanTagOffset, rest);
    const std::uint8_t tag[kVlanTagBytes] = {
        static_cast<std::uint8_t>(frame.vlan_tpid >> 8), static_cast<std::uint8_t>(frame.vlan_tpid),
        static_cast<std::uint8_t>(frame.vlan_tci >> 8), static_cast<std::uint8_t>(frame.vlan_tci)};
    std::memcpy(body + kVlanTagOffset, tag, sizeof tag);
    captured = kVlanTagOffset + kVlanTagBytes + rest;
    header.length += kVlanTagBytes;
  } else {
    std::memmove(body, from, captured);
  }
  header.captured_length = static_cast<std::uint32_t>(captured);
  std::memcpy(to, &header, sizeof header);
  return sizeof header + captured;
}

// Encodes the frames where they lie: the records are moved down to the run's begin, behind
// `carry_bytes` that the caller has put there. The output never overtakes the input, because a
// record adds less (a header of 16 bytes, a tag of 4) than the kernel's header takes between
// frames.
//
// Pure over the bytes of the block; no allocation, no failure. What the cursor could not walk is
// the caller's to count.
template <std::size_t kBytesBetween, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_in_place(Cursor& frames, std::span<std::byte> run,
                                         std::size_t carry_bytes, std::uint32_t snaplen) {
  static_assert(sizeof(RecordHeader) + kVlanTagBytes <= kBytesBetween);
  const std::uint32_t max_captured = file_snaplen(snaplen);
  EncodedRun encoded{.end = carry_bytes, .whole_end = carry_bytes};
  while (auto frame = frames.next()) {
    if (encoded.packets == 0) {
      encoded.first_seconds = frame->seconds;
      encoded.first_nanoseconds = frame->nanoseconds;
    }
    encoded.wire_bytes += frame->length;
    const std::size_t begin = encoded.end;
    encoded.end += encode_record(*frame, run.data() + begin, max_captured);
    // A record that enters a new page leaves its predecessor's end as the last one below that page
    // (its own, if it fills the page to the last byte).
    if (encoded.end / kPageBytes != begin / kPageBytes) {
      const bool fills_page = encoded.end % kPageBytes == 0;
      encoded.whole_end = fills_page ? encoded.end : begin;
      encoded.whole_packets = encoded.packets + (fills_page ? 1 : 0);
    }
    ++encoded.packets;
  }
  return encoded;
}

}  // namespace ringtail::pcapfile
