#include "filter/answer.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace ringtail::filter {
namespace {

// A field is its length in decimal, a colon, and its bytes.
void put(std::string& bytes, std::string_view field) {
  bytes.append(std::to_string(field.size())).append(":").append(field);
}

void put_number(std::string& bytes, std::size_t number) { put(bytes, std::to_string(number)); }

class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::string_view text() {
    const std::size_t colon = rest_.find(':');
    std::size_t size = 0;
    if (colon == std::string_view::npos || !parse(rest_.substr(0, colon), size) ||
        size > rest_.size() - colon - 1) {
      failed_ = true;
      return {};
    }
    const std::string_view field = rest_.substr(colon + 1, size);
    rest_.remove_prefix(colon + 1 + size);
    return field;
  }

  std::size_t number() {
    std::size_t value = 0;
    if (!parse(text(), value)) failed_ = true;
    return value;
  }

 private:
  static bool parse(std::string_view digits, std::size_t& value) {
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return !digits.empty() && parsed.ec == std::errc() && parsed.ptr == digits.end();
  }

  std::string_view rest_;
  bool failed_ = false;
};

void put_compiled(std::string& bytes, const Compiled& compiled) {
  put_number(bytes, static_cast<std::size_t>(compiled.how));
  put(bytes, compiled.unchecked);
  put(bytes, {reinterpret_cast<const char*>(compiled.program.data()),
              compiled.program.size() * sizeof(sock_filter)});
  put_number(bytes, compiled.names.size());
  for (const ResolvedName& resolved : compiled.names) {
    put(bytes, resolved.name);
    put_number(bytes, resolved.addresses.size());
    for (const std::string& address : resolved.addresses) put(bytes, address);
  }
}

Compiled take_compiled(Fields& fields) {
  Compiled compiled;
  const std::size_t how = std::min<std::size_t>(fields.number(), 3);
  compiled.how = static_cast<How>(how);
  compiled.unchecked = fields.text();
  const std::string_view program = fields.text();
  compiled.program.resize(program.size() / sizeof(sock_filter));
  if (!compiled.program.empty()) {
    std::memcpy(compiled.program.data(), program.data(),
                compiled.program.size() * sizeof(sock_filter));
  }
  const std::size_t names = fields.number();
  for (std::size_t i = 0; i < names && !fields.failed(); ++i) {
    ResolvedName resolved{std::string(fields.text()), {}};
    const std::size_t addresses = fields.number();
    for (std::size_t j = 0; j < addresses && !fields.failed(); ++j)
      resolved.addresses.emplace_back(fields.text());
    compiled.names.push_back(std::move(resolved));
  }
  return compiled;
}

}  // namespace

std::string to_bytes(const Answer& answer) {
  std::string bytes;
  put(bytes, answer.reason);
  if (answer.reason.empty()) put_compiled(bytes, answer.compiled);
  return bytes;
}

std::string place_to_bytes(std::size_t place) {
  std::string bytes;
  put_number(bytes, place);
  return bytes;
}

std::optional<Answer> answer_from(const std::string& bytes) {
  Fields fields(bytes);
  Answer answer;
  answer.reason = fields.text();
  if (fields.failed()) return std::nullopt;
  if (!answer.reason.empty()) {
    if (fields.at_end()) return answer;
    const std::size_t place = fields.number();
    if (!fields.failed()) answer.place = place;
    return answer;
  }
  answer.compiled = take_compiled(fields);
  if (fields.failed() || answer.compiled.program.empty()) return std::nullopt;
  return answer;
}

}  // namespace ringtail::filter
