#include "settings/encoding.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/utf8.h"

namespace ringtail::settings {
namespace {

Place place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return {static_cast<int>(line), static_cast<int>(at - line_start + 1)};
}

}  // namespace

std::optional<Problem> wrong_encoding(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = base::utf8_sequence_length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_control =
        (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (length == 0 || is_control) {
      const std::string shown = byte == 0 ? "a NUL byte" : "the byte " + std::to_string(byte);
      return Problem{place_of(text, at), "", shown + " has no place in a text file; UTF-8 is read"};
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace ringtail::settings
