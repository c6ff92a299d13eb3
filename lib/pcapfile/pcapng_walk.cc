#include "pcapfile/pcapng_walk.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {
namespace {

constexpr std::size_t kTypeBytes = 8;                       // of a block, with its length
constexpr std::size_t kEndBytes = 4;                        // its length again
constexpr std::uint32_t kMaxDescriptionBytes = kPageBytes;  // of a block that holds no packet

std::size_t head_bytes(BlockType type) {
  switch (type) {
    case BlockType::kSectionHeader:
      return sizeof(SectionHeader);
    case BlockType::kInterfaceDescription:
      return sizeof(InterfaceDescription);
    case BlockType::kInterfaceStatistics:
      return sizeof(StatisticsHeader);
    case BlockType::kEnhancedPacket:
      return sizeof(PacketHeader);
  }
  return 0;
}

}  // namespace

template <typename Head>
Head PcapngWalk::head() const {
  static_assert(sizeof(Head) <= sizeof(PacketHeader));
  Head head;
  std::memcpy(&head, gathered_.data(), sizeof head);
  return head;
}

void PcapngWalk::feed(std::span<const std::byte> bytes) {
  while (found_.end == WalkEnd::kNotYet && !bytes.empty()) {
    if (left_ == 0) {
      bytes = gather(bytes);
      continue;
    }
    const std::size_t passed = std::min<std::size_t>(left_, bytes.size());
    left_ -= static_cast<std::uint32_t>(passed);
    bytes = bytes.subspan(passed);
  }
}

void PcapngWalk::finish() {
  if (found_.end != WalkEnd::kNotYet) return;
  const bool begun = part_ != Part::kType || gathered_bytes_ > 0;
  constexpr auto kSection = BlockType::kSectionHeader;
  const std::size_t known = std::min(gathered_bytes_, sizeof kSection);
  const bool is_foreign = section_bytes_ == 0 && part_ == Part::kType &&
                          std::memcmp(gathered_.data(), &kSection, known) != 0;
  if (is_foreign)
    found_.end = WalkEnd::kForeign;
  else
    found_.end = begun || found_.whole_bytes == 0 ? WalkEnd::kCutShort : WalkEnd::kEndOfFile;
}

// Takes what is missing of the part and returns what comes behind it.
std::span<const std::byte> PcapngWalk::gather(std::span<const std::byte> bytes) {
  const std::size_t taken = std::min(wanted_bytes_ - gathered_bytes_, bytes.size());
  std::memcpy(gathered_.data() + gathered_bytes_, bytes.data(), taken);
  gathered_bytes_ += taken;
  if (gathered_bytes_ == wanted_bytes_) {
    switch (part_) {
      case Part::kType:
        read_type();
        break;
      case Part::kHead:
        read_head();
        break;
      case Part::kEnd:
        read_end();
        break;
    }
  }
  return bytes.subspan(taken);
}

void PcapngWalk::expect(Part part, std::size_t bytes) {
  part_ = part;
  wanted_bytes_ = bytes;
}

void PcapngWalk::read_type() {
  std::uint32_t words[2];
  static_assert(sizeof words == kTypeBytes);
  std::memcpy(words, gathered_.data(), sizeof words);
  type_ = static_cast<BlockType>(words[0]);
  block_length_ = words[1];
  if (words[0] == 0 && words[1] == 0)
    found_.end = WalkEnd::kZeroHeader;
  else if (!can_come_now() || block_length_ < head_bytes(type_) + kEndBytes)
    refuse();
  else
    expect(Part::kHead, head_bytes(type_));
}

void PcapngWalk::read_head() {
  if (!is_ours()) return refuse();
  left_ = block_length_ - static_cast<std::uint32_t>(head_bytes(type_) + kEndBytes);
  gathered_bytes_ = 0;
  expect(Part::kEnd, kEndBytes);
}

void PcapngWalk::read_end() {
  std::uint32_t length = 0;
  std::memcpy(&length, gathered_.data(), sizeof length);
  if (length == 0) {
    found_.end = WalkEnd::kCutShort;
    return;
  }
  if (length != block_length_) return refuse();
  if (type_ == BlockType::kSectionHeader)
    section_bytes_ = block_length_;
  else if (type_ == BlockType::kEnhancedPacket)
    found_.add_packet(block_length_, time_);
  else
    found_.whole_bytes += found_.whole_bytes == 0 ? section_bytes_ + block_length_ : block_length_;
  gathered_bytes_ = 0;
  expect(Part::kType, kTypeBytes);
}

bool PcapngWalk::can_come_now() const {
  if (section_bytes_ == 0) return type_ == BlockType::kSectionHeader;
  if (found_.whole_bytes == 0) return type_ == BlockType::kInterfaceDescription;
  return type_ == BlockType::kEnhancedPacket || type_ == BlockType::kInterfaceStatistics;
}

bool PcapngWalk::is_ours() {
  if (type_ == BlockType::kEnhancedPacket) return is_our_packet();
  if (block_length_ % 4 != 0 || block_length_ > kMaxDescriptionBytes) return false;
  if (type_ == BlockType::kSectionHeader) return is_our_section();
  if (type_ == BlockType::kInterfaceDescription) return is_our_interface();
  return head<StatisticsHeader>().interface_id == 0;
}

bool PcapngWalk::is_our_section() const {
  const auto is = head<SectionHeader>();
  const SectionHeader ours;
  return is.byte_order_magic == ours.byte_order_magic && is.version_major == ours.version_major &&
         is.version_minor == ours.version_minor;
}

bool PcapngWalk::is_our_interface() {
  const auto is = head<InterfaceDescription>();
  const InterfaceDescription ours;
  found_.linktype = is.linktype;
  snaplen_ = is.snaplen;
  precision_ =
      is.resolution == resolution_of(Precision::kMicro) ? Precision::kMicro : Precision::kNano;
  return is.snaplen <= kMaxSnaplen && is.resolution_code == ours.resolution_code &&
         is.resolution_length == ours.resolution_length &&
         is.resolution == resolution_of(precision_);
}

bool PcapngWalk::is_our_packet() {
  const auto packet = head<PacketHeader>();
  const std::uint64_t units = std::uint64_t{packet.time_high} << 32U | packet.time_low;
  constexpr RecordTime kLatest{std::numeric_limits<std::uint32_t>::max(), 999'999'999};
  if (units > units_since_1970(kLatest, precision_)) return false;
  time_ = time_of_units(units, precision_).time();
  return packet.interface_id == 0 && packet.captured_length <= snaplen_ &&
         packet.captured_length <= packet.length &&
         block_length_ == packet_block_bytes(packet.captured_length);
}

void PcapngWalk::refuse() {
  found_.end = found_.whole_bytes == 0 ? WalkEnd::kForeign : WalkEnd::kBadHeader;
}

}  // namespace ringtail::pcapfile
