#include <array>
#include <chrono>
#include <string_view>

#include "base/byte_size.h"
#include "base/duration.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below a capture's `keep`.
namespace ringtail::settings {
namespace {

// All of the at most 64 captures together are no more than max_size can be.
constexpr Range kSize{base::kMiB, base::kEiB / 64, kAutomatic};
constexpr DurationRange kAge{std::chrono::seconds{1}, std::chrono::days{36'500}, kNone};
constexpr Range kFiles{1, kMaxKeptFiles, kNone};

void read_keep_size(const Node& node, Report& report, Target target) {
  if (is_word(node, kAutomatic)) return;
  if (const auto bytes = read_bytes(node, kSize, report)) target.capture->keep.size_bytes = *bytes;
}

void read_age(const Node& node, Report& report, Target target) {
  if (is_word(node, kNone)) return;
  if (const auto age = read_duration(node, kAge, report)) target.capture->keep.age = *age;
}

Node write_age(Source source) {
  const std::chrono::nanoseconds age = source.capture->keep.age;
  return written_or_none(age.count() != 0, base::exact_duration(age));
}

void read_files(const Node& node, Report& report, Target target) {
  if (is_word(node, kNone)) return;
  if (const auto files = read_number(node, kFiles, report)) target.capture->keep.files = *files;
}

Node write_files(Source source) {
  const std::uint64_t files = source.capture->keep.files;
  return written_or_none(files != 0, std::to_string(files));
}

constexpr std::array kKeepKeys = {
    Key{.name = "size",
        .read = read_keep_size,
        .write =
            [](Source s) {
              return Node::scalar(base::exact_byte_size(s.capture->keep.size_bytes));
            }},
    Key{.name = "age", .read = read_age, .write = write_age},
    Key{.name = "files", .read = read_files, .write = write_files},
};

}  // namespace

std::span<const Key> keep_keys() { return kKeepKeys; }

}  // namespace ringtail::settings
