#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/encoded_run.h"
#include "pcapfile/record_encoder.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

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

// encode_in_place() for one shape of records, known when this is compiled.
template <LinkHeader kLinkHeader, Precision kPrecision, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_frames(Cursor& frames, std::span<std::byte> run,
                                       std::size_t carry_bytes, std::uint32_t snaplen) {
  EncodedRun encoded{.end = carry_bytes, .whole_end = carry_bytes};
  constexpr std::uint32_t kUnit = nanoseconds_per_unit(kPrecision);
  while (auto frame = frames.next()) {
    const std::size_t record_bytes =
        encode_record<kLinkHeader, kPrecision>(*frame, run.data() + encoded.end, snaplen);
    encoded.append(record_bytes, frame->length,
                   {frame->seconds, frame->nanoseconds / kUnit * kUnit});
  }
  return encoded;
}

template <LinkHeader kLinkHeader, FrameSource Cursor>
[[nodiscard]] EncodedRun encode_link(Cursor& frames, std::span<std::byte> run,
                                     std::size_t carry_bytes, const RecordShape& shape) {
  if (shape.precision == Precision::kMicro)
    return encode_frames<kLinkHeader, Precision::kMicro>(frames, run, carry_bytes, shape.snaplen);
  return encode_frames<kLinkHeader, Precision::kNano>(frames, run, carry_bytes, shape.snaplen);
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
  switch (shape.link_header) {
    case LinkHeader::kEthernet:
      break;
    case LinkHeader::kOther:
      return encode_link<LinkHeader::kOther>(frames, run, carry_bytes, shape);
    case LinkHeader::kCooked:
      return encode_link<LinkHeader::kCooked>(frames, run, carry_bytes, shape);
  }
  return encode_link<LinkHeader::kEthernet>(frames, run, carry_bytes, shape);
}

}  // namespace ringtail::pcapfile
