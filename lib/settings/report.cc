#include "settings/report.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ringtail::settings {
namespace {

constexpr std::size_t kMaxShown = 200;

// "a.b" contains "a.b", "a.b.c" and "a.b[0]", but not "a.bc". The empty path contains all.
bool contains(std::string_view outer, std::string_view inner) {
  if (!inner.starts_with(outer)) return false;
  return outer.empty() || inner.size() == outer.size() || inner[outer.size()] == '.' ||
         inner[outer.size()] == '[';
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.append("\\x").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0xFU]);
}

}  // namespace

Report::Step Report::enter(std::string_view key, Place place) {
  const std::size_t length = path_.size();
  if (!path_.empty()) path_.append(1, '.');
  path_.append(printable(key));
  remember(place);
  return {*this, length};
}

Report::Step Report::enter(std::size_t index, Place place) {
  const std::size_t length = path_.size();
  path_.append("[").append(std::to_string(index)).append("]");
  remember(place);
  return {*this, length};
}

void Report::wrong(Place place, std::string text) {
  problems_.push_back({place, path_, std::move(text)});
}

void Report::wrong_at(std::string_view path, std::string text) {
  Place place{1, 1};
  for (std::string_view around = path; !around.empty();) {
    const auto known = places_.find(around);
    if (known != places_.end()) {
      place = known->second;
      break;
    }
    const std::size_t cut = around.find_last_of(".[");
    around = around.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  problems_.push_back({place, std::string{path}, std::move(text)});
}

bool Report::has_problem_with(std::string_view path) const {
  return std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
    return contains(problem.path, path) || contains(path, problem.path);
  });
}

std::vector<std::string> Report::lines(std::string_view name) const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::vector<std::string> lines;
  for (const Problem& problem : sorted) {
    std::string line = printable(name);
    if (problem.place.line > 0)
      line.append(":" + std::to_string(problem.place.line) + ":" +
                  std::to_string(problem.place.column));
    line.append(": ");
    if (!problem.path.empty()) line.append(problem.path).append(": ");
    lines.push_back(line.append(problem.text));
  }
  return lines;
}

std::string printable(std::string_view text) {
  std::string_view shown = text.substr(0, kMaxShown);
  while (shown.size() < text.size() && !shown.empty() && is_continuation(text[shown.size()]))
    shown.remove_suffix(1);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    // U+0080 to U+009F are control characters as well: terminals obey them.
    const bool is_c1 =
        byte == 0xC2 && i + 1 < shown.size() && static_cast<unsigned char>(shown[i + 1]) < 0xA0;
    if (is_c1) {
      append_hex(out, byte);
      append_hex(out, static_cast<unsigned char>(shown[++i]));
    } else if (byte < 0x20 || byte == 0x7F) {
      append_hex(out, byte);
    } else {
      out.append(1, shown[i]);
    }
  }
  if (shown.size() < text.size()) out.append("...");
  return out;
}

std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

}  // namespace ringtail::settings
