#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/duration.h"
#include "settings/choice.h"
#include "settings/interface_names.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below each of `captures`.
namespace ringtail::settings {
namespace {

constexpr std::size_t kMaxNameLength = 64;
constexpr std::uint64_t kMaxWorkers = 256;
constexpr std::uint64_t kMaxCpu = 65'535;
constexpr std::uint64_t kMaxRingMemoryBytes = base::kTiB;
constexpr std::uint64_t kMaxRotateSizeBytes = base::kTiB;

constexpr std::array kDirections = {
    Choice{"in", Direction::kIn},
    Choice{"out", Direction::kOut},
    Choice{"both", Direction::kBoth},
};
constexpr std::array kFanouts = {
    Choice{"hash", Fanout::kHash},
    Choice{"cpu", Fanout::kCpu},
    Choice{"queue", Fanout::kQueue},
};

constexpr std::array kFormats = {
    Choice{"pcap", Format::kPcap},
    Choice{"pcapng", Format::kPcapng},
};

Node written(std::uint64_t number) { return Node::scalar(std::to_string(number)); }
Node written_size(std::uint64_t bytes) { return Node::scalar(base::exact_byte_size(bytes)); }

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

void read_name(const Node& node, Report& report, Target target) {
  constexpr std::string_view kAllowed =
      "1 to 64 of A-Z a-z 0-9 _ . -, with a letter or digit first (it names a folder)";
  if (!expect(node, Node::Kind::kScalar, kAllowed, report)) return;
  if (!is_name(node.text)) return refuse(node, "is no capture name", kAllowed, report);
  target.capture->name = node.text;
}

void read_interfaces(const Node& node, Report& report, Target target) {
  if (node.kind == Node::Kind::kList && node.items.empty())
    return report.wrong(node.place, "is empty; name at least one interface, such as [eth0]");
  target.capture->interfaces =
      read_interface_names(node, "a list of interfaces, such as [eth0, eth1], or [any]", report);
}

Node write_interfaces(Source source) { return write_interface_names(source.capture->interfaces); }

void read_filter(const Node& node, Report& report, Target target) {
  constexpr std::string_view kAllowed = "an expression in tcpdump's language, \"\" for everything";
  if (!expect(node, Node::Kind::kScalar, kAllowed, report)) return;
  // It may be written over several lines.
  std::string text = node.text;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  Node line = node;
  line.text = text.substr(0, text.find_last_not_of(' ') + 1);  // npos + 1 is 0: all blanks
  const auto filter = read_line(line, kAllowed, report);
  if (!filter) return;
  if (!filter->empty() && !target.capture->filter_file.empty())
    return report.wrong(node.place, "filter_file is given already; leave one of them out");
  target.capture->filter = *filter;
}

void read_filter_file(const Node& node, Report& report, Target target) {
  const auto path = read_line(node, "the path of a file with an expression, \"\" for none", report);
  if (!path) return;
  if (!path->empty() && !target.capture->filter.empty())
    return report.wrong(node.place, "filter is given already; leave one of them out");
  target.capture->filter_file = *path;
}

void read_snaplen(const Node& node, Report& report, Target target) {
  const auto snaplen = read_number(node, {0, kMaxSnaplen}, report);
  if (!snaplen) return;
  // tcpdump's habit: 0 is the whole packet.
  target.capture->snaplen = *snaplen == 0 ? kMaxSnaplen : static_cast<std::uint32_t>(*snaplen);
}

void read_direction(const Node& node, Report& report, Target target) {
  if (const auto direction = read_choice(node, kDirections, "is no direction", report))
    target.capture->direction = *direction;
}

void read_promiscuous(const Node& node, Report& report, Target target) {
  if (const auto on = read_choice(node, kBooleans, "is neither of the two", report))
    target.capture->promiscuous = *on;
}

void read_workers(const Node& node, Report& report, Target target) {
  if (is_word(node, kAutomatic)) return;
  if (const auto workers = read_number(node, {1, kMaxWorkers, kAutomatic}, report))
    target.capture->workers = static_cast<unsigned>(*workers);
}

void read_cpus(const Node& node, Report& report, Target target) {
  if (!expect(node, Node::Kind::kList, "a list of CPU numbers, such as [2, 3]", report)) return;
  if (node.items.size() > kMaxWorkers)
    return report.wrong(node.place, std::to_string(node.items.size()) + " CPUs; at most " +
                                        std::to_string(kMaxWorkers) + " are allowed");
  std::vector<unsigned>& cpus = target.capture->cpus;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const auto step = report.enter(i, node.items[i].place);
    const auto cpu = read_number(node.items[i], {0, kMaxCpu}, report);
    if (!cpu) continue;
    if (std::find(cpus.begin(), cpus.end(), *cpu) != cpus.end())
      report.wrong(node.items[i].place, "CPU " + std::to_string(*cpu) +
                                            " is given twice; each worker needs one of its own");
    cpus.push_back(static_cast<unsigned>(*cpu));
  }
}

Node write_cpus(Source source) {
  std::vector<Node> cpus;
  for (const unsigned cpu : source.capture->cpus) cpus.push_back(written(cpu));
  return Node::list(std::move(cpus));
}

void read_fanout(const Node& node, Report& report, Target target) {
  if (const auto fanout = read_choice(node, kFanouts, "is no way to divide packets", report))
    target.capture->fanout = *fanout;
}

void read_ring_memory(const Node& node, Report& report, Target target) {
  constexpr Range kRange{kMinBlocksPerRing * kBlockSizeBytes, kMaxRingMemoryBytes};
  if (const auto bytes = read_bytes(node, kRange, report))
    target.capture->ring_memory_bytes = *bytes;
}

void read_rotate_size(const Node& node, Report& report, Target target) {
  if (is_word(node, kAutomatic)) return;
  if (const auto bytes =
          read_bytes(node, {kMinRotateSizeBytes, kMaxRotateSizeBytes, kAutomatic}, report))
    target.capture->rotate_size_bytes = *bytes;
}

void read_rotate_interval(const Node& node, Report& report, Target target) {
  constexpr DurationRange kRange{std::chrono::seconds{1}, std::chrono::days{366}, kNone};
  if (is_word(node, kNone)) return;
  if (const auto interval = read_duration(node, kRange, report))
    target.capture->rotate_interval = *interval;
}

Node write_rotate_interval(Source source) {
  const std::chrono::nanoseconds interval = source.capture->rotate_interval;
  return written_or_none(interval.count() != 0, base::exact_duration(interval));
}

void read_format(const Node& node, Report& report, Target target) {
  if (const auto format = read_choice(node, kFormats, "is no format of files", report))
    target.capture->format = *format;
}

void read_ring_lock(const Node& node, Report& report, Target target) {
  if (const auto on = read_choice(node, kBooleans, "is neither of the two", report))
    target.capture->ring_lock = *on;
}

constexpr std::array kRingKeys = {
    Key{.name = "memory",
        .read = read_ring_memory,
        .write = [](Source s) { return written_size(s.capture->ring_memory_bytes); }},
    Key{.name = "lock",
        .read = read_ring_lock,
        .write = [](Source s) { return write_choice(kBooleans, s.capture->ring_lock); }},
};

constexpr std::array kRotateKeys = {
    Key{.name = "size",
        .read = read_rotate_size,
        .write = [](Source s) { return written_size(s.capture->rotate_size_bytes); }},
    Key{.name = "interval", .read = read_rotate_interval, .write = write_rotate_interval},
};

}  // namespace

std::span<const Key> capture_keys() {
  static const std::array kKeys = {
      Key{.name = "name",
          .read = read_name,
          .write = [](Source s) { return Node::scalar(s.capture->name); }},
      Key{.name = "interfaces", .read = read_interfaces, .write = write_interfaces},
      Key{.name = "filter",
          .read = read_filter,
          .write = [](Source s) { return Node::scalar(s.capture->filter); }},
      Key{.name = "filter_file",
          .read = read_filter_file,
          .write = [](Source s) { return Node::scalar(s.capture->filter_file.string()); }},
      Key{.name = "snaplen",
          .read = read_snaplen,
          .write = [](Source s) { return written(s.capture->snaplen); }},
      Key{.name = "direction",
          .read = read_direction,
          .write = [](Source s) { return write_choice(kDirections, s.capture->direction); }},
      Key{.name = "promiscuous",
          .read = read_promiscuous,
          .write = [](Source s) { return write_choice(kBooleans, s.capture->promiscuous); }},
      Key{.name = "timestamps", .keys = timestamps_keys()},
      Key{.name = "workers",
          .read = read_workers,
          .write = [](Source s) { return written(s.capture->workers); }},
      Key{.name = "cpus", .read = read_cpus, .write = write_cpus},
      Key{.name = "fanout",
          .read = read_fanout,
          .write = [](Source s) { return write_choice(kFanouts, s.capture->fanout); }},
      Key{.name = "ring", .keys = kRingKeys},
      Key{.name = "rotate", .keys = kRotateKeys},
      Key{.name = "keep", .keys = keep_keys()},
      Key{.name = "limit", .keys = limit_keys()},
      Key{.name = "format",
          .read = read_format,
          .write = [](Source s) { return write_choice(kFormats, s.capture->format); }},
      Key{.name = "on_close", .read = read_on_close, .write = write_on_close},
      Key{.name = "on_close_timeout",
          .read = read_on_close_timeout,
          .write = write_on_close_timeout},
  };
  return kKeys;
}

}  // namespace ringtail::settings
