#include <array>
#include <chrono>
#include <string>

#include "base/byte_size.h"
#include "base/duration.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below a capture's `limit`.
namespace ringtail::settings {
namespace {

constexpr Range kPackets{1, 1'000'000'000'000'000, kNone};
constexpr Range kBytes{1, base::kEiB, kNone};
constexpr DurationRange kDuration{std::chrono::milliseconds{1}, std::chrono::days{36'500}, kNone};

void read_packets(const Node& node, Report& report, Target target) {
  if (is_word(node, kNone)) return;
  if (const auto packets = read_number(node, kPackets, report))
    target.capture->limit.packets = *packets;
}

void read_limit_bytes(const Node& node, Report& report, Target target) {
  if (is_word(node, kNone)) return;
  if (const auto bytes = read_bytes(node, kBytes, report)) target.capture->limit.bytes = *bytes;
}

void read_limit_duration(const Node& node, Report& report, Target target) {
  if (is_word(node, kNone)) return;
  if (const auto duration = read_duration(node, kDuration, report))
    target.capture->limit.duration = *duration;
}

Node write_packets(Source source) {
  const std::uint64_t packets = source.capture->limit.packets;
  return written_or_none(packets != 0, std::to_string(packets));
}

Node write_limit_bytes(Source source) {
  const std::uint64_t bytes = source.capture->limit.bytes;
  return written_or_none(bytes != 0, base::exact_byte_size(bytes));
}

Node write_limit_duration(Source source) {
  const std::chrono::nanoseconds duration = source.capture->limit.duration;
  return written_or_none(duration.count() != 0, base::exact_duration(duration));
}

constexpr std::array kLimitKeys = {
    Key{.name = "packets", .read = read_packets, .write = write_packets},
    Key{.name = "bytes", .read = read_limit_bytes, .write = write_limit_bytes},
    Key{.name = "duration", .read = read_limit_duration, .write = write_limit_duration},
};

}  // namespace

std::span<const Key> limit_keys() { return kLimitKeys; }

}  // namespace ringtail::settings
