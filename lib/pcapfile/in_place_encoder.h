#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/encoded_run.h"
#include "pcapfile/record_encoder.h"
#include "pcapfile/record_shape.h"
#include "pcapfile/run_builder.h"

namespace ringtail::pcapfile {

// What a block's frames offer: in order, each with its data inside the run's memory, at least
// kBytesBeforeData behind an address that is a multiple of 8 (the kernel's packet header), and this
// behind the end of the frame before. next() must have read what it needs of everything up to the
// end of the frame it returns.
template <typename Cursor>
concept FrameSource = requires(Cursor cursor) {
  { cursor.next()->data } -> std::convertible_to<std::span<std::byte>>;
  { cursor.next()->length } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->seconds } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->nanoseconds } -> std::convertible_to<std::uint32_t>;
  { cursor.next()->tagged } -> std::convertible_to<bool>;
  { cursor.next()->vlan_tpid } -> std::convertible_to<std::uint16_t>;
  { cursor.next()->vlan_tci } -> std::convertible_to<std::uint16_t>;
  // Asked for before anything is written over the frame.
  cursor.next()->link_address();
  { cursor.next()->packet_type() } -> std::convertible_to<std::uint8_t>;
  // Of what comes later in the block. Asked for when the frame has been written over, too.
  cursor.next()->fetch_ahead();
};

// encode_in_place() for one shape of records, known when this is compiled.
template <Format kFormat, LinkHeader kLinkHeader, Precision kPrecision, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_frames(Cursor& frames, std::span<std::byte> run,
                                       std::size_t carry_bytes, std::uint32_t snaplen) {
  // Both are our own, and so in registers: what the caller can see would be stored for each packet.
  Cursor cursor = frames;
  RunBuilder records(carry_bytes);
  while (auto frame = cursor.next()) {
    const std::size_t record_bytes = encode_record<kFormat, kLinkHeader, kPrecision>(
        *frame, run.data() + records.end(), snaplen);
    records.append(record_bytes, frame->length);
    frame->fetch_ahead();
  }
  frames = cursor;
  return records.run(run, kFormat, kPrecision);
}

template <Format kFormat, LinkHeader kLinkHeader, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_link(Cursor& frames, std::span<std::byte> run,
                                     std::size_t carry_bytes, const RecordShape& shape) {
  if (shape.precision == Precision::kMicro)
    return encode_frames<kFormat, kLinkHeader, Precision::kMicro>(frames, run, carry_bytes,
                                                                  shape.snaplen);
  return encode_frames<kFormat, kLinkHeader, Precision::kNano>(frames, run, carry_bytes,
                                                               shape.snaplen);
}

template <Format kFormat, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_format(Cursor& frames, std::span<std::byte> run,
                                       std::size_t carry_bytes, const RecordShape& shape) {
  switch (shape.link_header) {
    case LinkHeader::kEthernet:
      break;
    case LinkHeader::kOther:
      return encode_link<kFormat, LinkHeader::kOther>(frames, run, carry_bytes, shape);
    case LinkHeader::kCooked:
      return encode_link<kFormat, LinkHeader::kCooked>(frames, run, carry_bytes, shape);
  }
  return encode_link<kFormat, LinkHeader::kEthernet>(frames, run, carry_bytes, shape);
}

// Encodes the frames where they lie: the records are moved down to the run's begin, behind
// `carry_bytes` that the caller has put there; in pcapng these are a multiple of 4. The shape is
// looked at once for the block, not for each packet.
//
// The output never overtakes the input, because a record adds no more (a header of 16 or 28 bytes,
// a cooked header of 20, a tag of 4, in pcapng 16 behind the data) than the kernel's header and
// link address take in front of a frame. A pcapng record is padded to a multiple of 4, too; as it
// begins at one, no later than the frame's header at its multiple of 8, it ends at one, no later
// than at the next multiple of 8 behind the frame, where the next header begins at the earliest.
//
// Pure over the bytes of the block; no allocation, no failure. What the cursor could not walk is
// the caller's to count.
template <std::size_t kBytesBeforeData, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_in_place(Cursor& frames, std::span<std::byte> run,
                                         std::size_t carry_bytes, const RecordShape& shape) {
  static_assert(kMaxAddedBytes <= kBytesBeforeData);
  if (shape.format == Format::kPcapng)
    return encode_format<Format::kPcapng>(frames, run, carry_bytes, shape);
  return encode_format<Format::kPcap>(frames, run, carry_bytes, shape);
}

}  // namespace ringtail::pcapfile
