#include "settings/value.h"

#include <algorithm>
#include <utility>

#include "base/byte_size.h"
#include "base/decimal.h"
#include "base/duration.h"

namespace ringtail::settings {
namespace {

std::string_view describe(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "there is no value";
    case Node::Kind::kScalar:
      return "a single value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping";
    case Node::Kind::kAlias:
      return "an alias (not supported: write the value out)";
    case Node::Kind::kTagged:
      return "a tag (not supported: leave it out)";
  }
  return "something else";
}

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

// "auto, or <form>".
std::string beside(std::string_view word, std::string_view form) {
  return word.empty() ? std::string{form} : std::string{word}.append(", or ").append(form);
}

}  // namespace

bool expect(const Node& node, Node::Kind kind, std::string_view allowed, Report& report) {
  if (node.kind == kind) return true;
  report.wrong(node.place,
               std::string{describe(node.kind)}.append("; allowed is ").append(allowed));
  return false;
}

void refuse(const Node& scalar, std::string_view what, std::string_view allowed, Report& report) {
  report.wrong(
      scalar.place,
      in_quotes(scalar.text).append(" ").append(what).append("; allowed is ").append(allowed));
}

std::optional<std::string> read_line(const Node& node, std::string_view allowed, Report& report) {
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  if (std::none_of(node.text.begin(), node.text.end(), is_control)) return node.text;
  refuse(node, "holds a line end or a control character", allowed, report);
  return std::nullopt;
}

bool is_word(const Node& node, std::string_view word) {
  return node.kind == Node::Kind::kScalar && node.text == word;
}

Node written_or_none(bool is_set, std::string text) {
  return Node::scalar(is_set ? std::move(text) : std::string{kNone});
}

std::optional<std::uint64_t> read_bytes(const Node& node, Range range, Report& report) {
  const std::string allowed = beside(range.word, base::kByteSizeForm) + ", from " +
                              base::exact_byte_size(range.min) + " to " +
                              base::exact_byte_size(range.max);
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  const auto bytes = base::parse_byte_size(node.text);
  if (bytes && *bytes >= range.min && *bytes <= range.max) return bytes;
  refuse(node, bytes ? "is out of range" : "is not a size", allowed, report);
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(const Node& node, Range range, Report& report) {
  const std::string allowed = beside(range.word, "a whole number from ") +
                              std::to_string(range.min) + " to " + std::to_string(range.max);
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  const auto number = base::parse_decimal(node.text);
  if (number && *number >= range.min && *number <= range.max) return number;
  refuse(node, number ? "is out of range" : "is not a number in range", allowed, report);
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> read_duration(const Node& node, DurationRange range,
                                                      Report& report) {
  const std::string allowed = beside(range.word, base::kDurationForm) + ", from " +
                              base::exact_duration(range.min) + " to " +
                              base::exact_duration(range.max);
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  const auto duration = base::parse_duration(node.text);
  if (duration && *duration >= range.min && *duration <= range.max) return duration;
  const bool without_unit = base::parse_decimal(node.text).has_value();
  refuse(node,
         duration       ? "is out of range"
         : without_unit ? "has no unit"
                        : "is not a duration",
         allowed, report);
  return std::nullopt;
}

}  // namespace ringtail::settings
