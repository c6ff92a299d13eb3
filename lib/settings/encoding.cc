#include "settings/encoding.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace ringtail::settings {
namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The length of the UTF-8 sequence that `text` begins with; 0 when it is none (RFC 3629: no
// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return 0;
  const unsigned char second = byte_at(text, 1);
  const bool out_of_range = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return out_of_range ? 0 : length;
}

Place place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return {static_cast<int>(line), static_cast<int>(at - line_start + 1)};
}

}  // namespace

std::optional<Problem> wrong_encoding(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text.substr(at));
    const unsigned char byte = byte_at(text, at);
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
