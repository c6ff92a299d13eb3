#include "pcapfile/pcap_walk.h"

#include <algorithm>
#include <cstring>

namespace ringtail::pcapfile {
namespace {

constexpr std::uint32_t kNanosecondsPerSecond = 1'000'000'000;

std::uint32_t word(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{}; });
}

// Whether a file of ours can begin so, and end there.
bool can_begin_file(std::span<const std::byte> bytes) {
  const std::size_t size = std::min(bytes.size(), sizeof kNanosecondMagic);
  return is_zero(bytes) || std::memcmp(bytes.data(), &kNanosecondMagic, size) == 0 ||
         std::memcmp(bytes.data(), &kMicrosecondMagic, size) == 0;
}

}  // namespace

void PcapWalk::feed(std::span<const std::byte> bytes) {
  while (found_.end == WalkEnd::kNotYet && !bytes.empty()) {
    if (captured_left_ == 0) {
      bytes = gather(bytes);
      continue;
    }
    const std::size_t taken = std::min<std::size_t>(captured_left_, bytes.size());
    captured_left_ -= static_cast<std::uint32_t>(taken);
    bytes = bytes.subspan(taken);
    if (captured_left_ == 0) end_record();
  }
}

void PcapWalk::finish() {
  if (found_.end != WalkEnd::kNotYet) return;
  const std::span<const std::byte> begun(header_.data(), gathered_bytes_);
  if (found_.whole_bytes == 0) {
    found_.end = can_begin_file(begun) ? WalkEnd::kCutShort : WalkEnd::kForeign;
  } else {
    const bool between_records = begun.empty() && captured_left_ == 0;
    found_.end = between_records ? WalkEnd::kEndOfFile : WalkEnd::kCutShort;
  }
}

std::size_t PcapWalk::header_bytes() const {
  return found_.whole_bytes == 0 ? kFileHeaderBytes : sizeof(RecordHeader);
}

// Takes what is missing of a header and returns what comes behind it.
std::span<const std::byte> PcapWalk::gather(std::span<const std::byte> bytes) {
  const std::size_t taken = std::min(header_bytes() - gathered_bytes_, bytes.size());
  std::memcpy(header_.data() + gathered_bytes_, bytes.data(), taken);
  gathered_bytes_ += taken;
  if (gathered_bytes_ == header_bytes()) {
    gathered_bytes_ = 0;
    if (found_.whole_bytes == 0) {
      read_file_header();
    } else {
      read_record_header();
    }
  }
  return bytes.subspan(taken);
}

void PcapWalk::read_file_header() {
  if (is_zero(header_)) {
    found_.end = WalkEnd::kZeroHeader;
    return;
  }
  std::uint16_t version[2];
  std::memcpy(version, header_.data() + 4, sizeof version);
  const std::optional<Precision> precision = precision_of(word(header_, 0));
  snaplen_ = word(header_, 16);
  found_.linktype = linktype_of(header_);
  const bool ours = precision && version[0] == kVersionMajor && version[1] == kVersionMinor &&
                    snaplen_ <= kMaxSnaplen;
  if (ours) {
    nanoseconds_per_unit_ = nanoseconds_per_unit(*precision);
    found_.whole_bytes = kFileHeaderBytes;
  } else {
    found_.end = WalkEnd::kForeign;
  }
}

void PcapWalk::read_record_header() {
  RecordHeader header{};
  std::memcpy(&header, header_.data(), sizeof header);
  const auto [seconds, subseconds, captured_length, length] = header;
  if (seconds == 0 && captured_length == 0 && length == 0) {
    found_.end = WalkEnd::kZeroHeader;
    return;
  }
  if (captured_length > snaplen_ || captured_length > length ||
      subseconds >= kNanosecondsPerSecond / nanoseconds_per_unit_) {
    found_.end = WalkEnd::kBadHeader;
    return;
  }
  time_ =
      WalkedFile::Time(std::chrono::seconds(seconds) +
                       std::chrono::nanoseconds(std::uint64_t{subseconds} * nanoseconds_per_unit_));
  captured_length_ = captured_left_ = captured_length;
  if (captured_left_ == 0) end_record();
}

void PcapWalk::end_record() { found_.add_packet(sizeof(RecordHeader) + captured_length_, time_); }

}  // namespace ringtail::pcapfile
