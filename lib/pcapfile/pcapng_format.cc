#include "pcapfile/pcapng_format.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <span>
#include <string_view>

#include "base/utf8.h"
#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {
namespace {

// Options. Their codes mean something else in each type of block, but for the first two.
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kSectionHardware = 2;
constexpr std::uint16_t kSectionOs = 3;
constexpr std::uint16_t kSectionApplication = 4;
constexpr std::uint16_t kInterfaceName = 2;
constexpr std::uint16_t kInterfaceDescribed = 3;
constexpr std::uint16_t kInterfaceFilter = 11;
constexpr std::uint16_t kStatisticsStart = 2;
constexpr std::uint16_t kStatisticsEnd = 3;
constexpr std::uint16_t kStatisticsReceived = 4;
constexpr std::uint16_t kStatisticsDropped = 5;
constexpr std::uint16_t kStatisticsFilterAccepted = 6;
constexpr std::uint16_t kStatisticsOsDropped = 7;
constexpr std::uint16_t kStatisticsUserDelivered = 8;

// In front of a filter: what follows is an expression, and no byte code.
constexpr char kExpressionFollows = 0;

constexpr std::size_t kMaxTextBytes = 128;
constexpr std::size_t kMaxFilterBytes = 3072;
constexpr std::size_t kOptionBytes = 4;  // what an option adds to its value, but for the padding
constexpr std::size_t kLengthBytes = 4;  // of a block, at its end
static_assert(sizeof(SectionHeader) + sizeof(InterfaceDescription) +
                  5 * (kOptionBytes + kMaxTextBytes) + kOptionBytes + 1 + kMaxFilterBytes + 3 +
                  2 * (kOptionBytes + kLengthBytes) <=
              kMaxPcapngHeaderBytes);
static_assert(8 + 4 + 8 + 7 * (kOptionBytes + 8) + kOptionBytes + kMaxCommentBytes + kOptionBytes +
                  kLengthBytes <=
              kMaxStatisticsBytes);

// At most `max` bytes of it, in whole characters, with a mark where something is missing.
std::string cut_to(std::string_view text, std::size_t max) {
  constexpr std::string_view kMark = "...";
  if (text.size() <= max) return std::string(text);
  std::size_t kept = 0;
  while (kept < text.size()) {
    const std::size_t length =
        std::max<std::size_t>(base::utf8_sequence_length(text.substr(kept)), 1);
    if (kept + length + kMark.size() > max) break;
    kept += length;
  }
  return std::string(text.substr(0, kept)).append(kMark);
}

// Puts one block behind what is there: what it begins with, which has the block's length in its
// second word, then options.
class BlockBuilder {
 public:
  template <typename Begin>
  BlockBuilder(std::vector<std::byte>& bytes, const Begin& begin)
      : bytes_(bytes), begin_(bytes.size()) {
    append(&begin, sizeof begin);
  }

  void option(std::uint16_t code, std::string_view value) {
    const std::uint16_t head[] = {code, static_cast<std::uint16_t>(value.size())};
    append(head, sizeof head);
    append(value.data(), value.size());
    bytes_.resize(bytes_.size() + padded(static_cast<std::uint32_t>(value.size())) - value.size());
  }
  void text(std::uint16_t code, std::string_view value) {
    if (!value.empty()) option(code, cut_to(value, kMaxTextBytes));
  }
  void number(std::uint16_t code, std::uint64_t value) {
    option(code, {reinterpret_cast<const char*>(&value), sizeof value});
  }
  // A time has its high word first, in either byte order.
  void time(std::uint16_t code, std::uint64_t units) {
    const std::uint32_t words[] = {static_cast<std::uint32_t>(units >> 32U),
                                   static_cast<std::uint32_t>(units)};
    option(code, {reinterpret_cast<const char*>(words), sizeof words});
  }
  void end() {
    option(kEndOfOptions, {});
    const auto length = static_cast<std::uint32_t>(bytes_.size() + kLengthBytes - begin_);
    append(&length, sizeof length);
    std::memcpy(bytes_.data() + begin_ + sizeof(BlockType), &length, sizeof length);
  }

 private:
  void append(const void* value, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(value);
    bytes_.insert(bytes_.end(), from, from + size);
  }

  std::vector<std::byte>& bytes_;
  std::size_t begin_;
};

}  // namespace

std::vector<std::byte> pcapng_header(const RecordShape& shape, std::uint32_t linktype,
                                     const FileOrigin& origin) {
  std::vector<std::byte> bytes;
  BlockBuilder section(bytes, SectionHeader{});
  section.text(kSectionHardware, origin.hardware);
  section.text(kSectionOs, origin.os);
  section.text(kSectionApplication, origin.application);
  section.end();

  InterfaceDescription description;
  description.linktype = static_cast<std::uint16_t>(linktype);
  description.snaplen = file_snaplen(shape.snaplen);
  description.resolution = resolution_of(shape.precision);
  BlockBuilder interface(bytes, description);
  interface.text(kInterfaceName, origin.interface);
  interface.text(kInterfaceDescribed, origin.description);
  if (!origin.filter.empty())
    interface.option(kInterfaceFilter, kExpressionFollows + cut_to(origin.filter, kMaxFilterBytes));
  interface.end();
  return bytes;
}

std::vector<std::byte> statistics_block(const InterfaceStatistics& statistics,
                                        Precision precision) {
  assert(statistics.comment.size() <= kMaxCommentBytes);
  const std::uint64_t end = units_since_1970(statistics.end, precision);
  std::vector<std::byte> bytes;
  BlockBuilder block(bytes, StatisticsHeader{.time_high = static_cast<std::uint32_t>(end >> 32U),
                                             .time_low = static_cast<std::uint32_t>(end)});
  if (!statistics.comment.empty()) block.option(kComment, statistics.comment);
  block.time(kStatisticsStart, units_since_1970(statistics.start, precision));
  block.time(kStatisticsEnd, end);
  block.number(kStatisticsReceived, statistics.received);
  block.number(kStatisticsDropped, statistics.dropped);
  block.number(kStatisticsFilterAccepted, statistics.filter_accepted);
  block.number(kStatisticsOsDropped, statistics.os_dropped);
  block.number(kStatisticsUserDelivered, statistics.user_delivered);
  block.end();
  return bytes;
}

}  // namespace ringtail::pcapfile
