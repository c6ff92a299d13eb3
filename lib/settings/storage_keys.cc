#include <array>

#include "base/decimal.h"
#include "settings/choice.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below `storage`.
namespace ringtail::settings {
namespace {

constexpr unsigned kMaxFreePercent = 99;
constexpr Range kSizeRange{base::kMiB, base::kEiB};
constexpr std::string_view kEachSecond = "/s";

constexpr std::array kIoModes = {
    Choice{"auto", IoMode::kAuto},
    Choice{"uring", IoMode::kUring},
    Choice{"blocking", IoMode::kBlocking},
    Choice{"buffered", IoMode::kBuffered},
};

void read_directory(const Node& node, Report& report, Target target) {
  constexpr std::string_view kAllowed = "the path of a folder";
  const auto path = read_line(node, kAllowed, report);
  if (!path) return;
  if (path->empty()) return refuse(node, "is empty", kAllowed, report);
  target.settings.storage.directory = *path;
}

void read_max_size(const Node& node, Report& report, Target target) {
  if (const auto bytes = read_bytes(node, kSizeRange, report))
    target.settings.storage.max_size_bytes = *bytes;
}

std::optional<MinFree> parse_min_free(std::string_view text) {
  if (text.ends_with('%')) {
    const auto percent = base::parse_decimal(text.substr(0, text.size() - 1));
    if (!percent || *percent > kMaxFreePercent) return std::nullopt;
    return MinFree{.bytes = 0, .percent = static_cast<unsigned>(*percent)};
  }
  const auto bytes = base::parse_byte_size(text);
  if (!bytes || *bytes > kSizeRange.max) return std::nullopt;
  return MinFree{.bytes = *bytes, .percent = 0};
}

void read_min_free(const Node& node, Report& report, Target target) {
  const std::string allowed =
      "a whole share from 0% to 99%, or " + std::string{base::kByteSizeForm} + ", up to 1EiB";
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return;
  const auto min_free = parse_min_free(node.text);
  if (!min_free) return refuse(node, "is neither a share nor a size", allowed, report);
  target.settings.storage.min_free = *min_free;
}

Node write_min_free(Source source) {
  const MinFree& min_free = source.settings.storage.min_free;
  if (min_free.bytes > 0) return Node::scalar(base::exact_byte_size(min_free.bytes));
  return Node::scalar(std::to_string(min_free.percent) + "%");
}

void read_max_write_rate(const Node& node, Report& report, Target target) {
  const std::string allowed =
      "none, or " + std::string{base::kByteSizeForm} + ", each second, such as 500MiB/s";
  if (is_word(node, kNone)) return;
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return;
  std::string_view size = node.text;
  if (size.ends_with(kEachSecond)) size.remove_suffix(kEachSecond.size());
  const auto bytes = base::parse_byte_size(size);
  if (!bytes || *bytes == 0 || *bytes > kSizeRange.max)
    return refuse(node, "is no write rate", allowed, report);
  target.settings.storage.max_write_rate_bytes = *bytes;
}

Node write_max_write_rate(Source source) {
  const std::uint64_t bytes = source.settings.storage.max_write_rate_bytes;
  return written_or_none(bytes != 0, base::exact_byte_size(bytes).append(kEachSecond));
}

void read_require_mount(const Node& node, Report& report, Target target) {
  if (const auto on = read_choice(node, kBooleans, "is neither of the two", report))
    target.settings.storage.require_mount = *on;
}

void read_io(const Node& node, Report& report, Target target) {
  if (const auto mode = read_choice(node, kIoModes, "is not a way to write", report))
    target.settings.storage.io = *mode;
}

constexpr std::array kStorageKeys = {
    Key{.name = "directory",
        .read = read_directory,
        .write = [](Source s) { return Node::scalar(s.settings.storage.directory.string()); }},
    Key{.name = "max_size",
        .read = read_max_size,
        .write =
            [](Source s) {
              return Node::scalar(base::exact_byte_size(s.settings.storage.max_size_bytes));
            }},
    Key{.name = "min_free", .read = read_min_free, .write = write_min_free},
    Key{.name = "max_write_rate", .read = read_max_write_rate, .write = write_max_write_rate},
    Key{.name = "require_mount",
        .read = read_require_mount,
        .write =
            [](Source s) { return write_choice(kBooleans, s.settings.storage.require_mount); }},
    Key{.name = "io",
        .read = read_io,
        .write = [](Source s) { return write_choice(kIoModes, s.settings.storage.io); }},
};

}  // namespace

std::span<const Key> storage_keys() { return kStorageKeys; }

}  // namespace ringtail::settings
