#include "settings/value.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/byte_size.h"

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

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> read_bytes(const Node& node, Range range, Report& report) {
  const std::string allowed = std::string{base::kByteSizeForm} + ", from " +
                              base::exact_byte_size(range.min) + " to " +
                              base::exact_byte_size(range.max);
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  const auto bytes = base::parse_byte_size(node.text);
  if (bytes && *bytes >= range.min && *bytes <= range.max) return bytes;
  refuse(node, bytes ? "is out of range" : "is not a size", allowed, report);
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(const Node& node, Range range, Report& report) {
  const std::string allowed =
      "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max);
  if (!expect(node, Node::Kind::kScalar, allowed, report)) return std::nullopt;
  const auto number = parse_number(node.text);
  if (number && *number >= range.min && *number <= range.max) return number;
  refuse(node, number ? "is out of range" : "is not a number in range", allowed, report);
  return std::nullopt;
}

}  // namespace ringtail::settings
