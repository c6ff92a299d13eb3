#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/record_encoder.h"
#include "pcapfile/record_shape.h"

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
  cursor.next()->link_address();  // asked for before anything is written over the frame
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

// encode_in_place() for one shape of records, known when this is compiled.
template <LinkHeader kLinkHeader, Precision kPrecision, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_frames(Cursor& frames, std::span<std::byte> run,
                                       std::size_t carry_bytes, std::uint32_t snaplen) {
  EncodedRun encoded{.end = carry_bytes, .whole_end = carry_bytes};
  while (auto frame = frames.next()) {
    if (encoded.packets == 0) {
      encoded.first_seconds = frame->seconds;
      encoded.first_nanoseconds = frame->nanoseconds;
    }
    encoded.wire_bytes += frame->length;
    const std::size_t begin = encoded.end;
    encoded.end += encode_record<kLinkHeader, kPrecision>(*frame, run.data() + begin, snaplen);
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

// Encodes the frames where they lie: the records are moved down to the run's begin, behind
// `carry_bytes` that the caller has put there. The output never overtakes the input, because a
// record adds less (a header of 16 bytes, a cooked header of 20, a tag of 4) than the kernel's
// header takes between frames. The shape is looked at once for the block, not for each packet.
//
// Pure over the bytes of the block; no allocation, no failure. What the cursor could not walk is
// the caller's to count.
template <std::size_t kBytesBetween, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_in_place(Cursor& frames, std::span<std::byte> run,
                                         std::size_t carry_bytes, const RecordShape& shape) {
  static_assert(kMaxAddedBytes <= kBytesBetween);
  constexpr auto kCooked = LinkHeader::kCooked;
  constexpr auto kInData = LinkHeader::kInData;
  const std::uint32_t snaplen = shape.snaplen;
  const bool micro = shape.precision == Precision::kMicro;
  if (shape.link_header == kCooked) {
    return micro ? encode_frames<kCooked, Precision::kMicro>(frames, run, carry_bytes, snaplen)
                 : encode_frames<kCooked, Precision::kNano>(frames, run, carry_bytes, snaplen);
  }
  return micro ? encode_frames<kInData, Precision::kMicro>(frames, run, carry_bytes, snaplen)
               : encode_frames<kInData, Precision::kNano>(frames, run, carry_bytes, snaplen);
}

}  // namespace ringtail::pcapfile
