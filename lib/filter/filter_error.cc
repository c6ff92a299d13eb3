#include "filter/filter_error.h"

#include <algorithm>
#include <string_view>

#include "base/escaped.h"
#include "filter/tokens.h"

namespace ringtail::filter {
namespace {

constexpr std::size_t kShownBefore =
    60;  // bytes around the place, so that both lines fit a terminal
constexpr std::size_t kShownAfter = 20;
constexpr std::size_t kShownWord = 40;

// On one line: what is a blank to libpcap becomes a space.
std::string escaped(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return base::escaped(line);
}

struct Excerpt {
  std::string text;
  std::size_t caret = 0;  // the place within the text
};

// The part of the expression around `place`.
Excerpt excerpt(std::string_view expression, std::size_t place) {
  const std::size_t from = place > kShownBefore ? place - kShownBefore : 0;
  const std::size_t to =
      std::min(expression.size(), std::max(place + kShownAfter, kShownBefore + kShownAfter));
  Excerpt shown;
  shown.text = (from > 0 ? "..." : "") + escaped(expression.substr(from, place - from));
  shown.caret = shown.text.size();
  shown.text += escaped(expression.substr(place, to - place));
  if (to < expression.size()) shown.text += "...";
  return shown;
}

std::string terminal_text(const std::string& expression, const std::string& reason,
                          std::optional<std::size_t> place) {
  const Excerpt shown = excerpt(expression, place.value_or(0));
  std::string text = "filter: " + escaped(reason) + "\n  " + shown.text;
  if (place) text += "\n  " + std::string(shown.caret, ' ') + "^";
  return text;
}

std::string where(const std::string& expression, std::size_t place) {
  if (place >= expression.size()) return " at its end";
  const std::string_view rest = std::string_view(expression).substr(place);
  const std::vector<Token> tokens = tokenize(rest.substr(0, kShownWord));
  const std::string word = tokens.empty() ? std::string(rest.substr(0, 1)) : tokens[0].text;
  return " at '" + escaped(word) + "' (character " + std::to_string(place + 1) + ")";
}

std::string line_text(const std::string& expression, const std::string& reason,
                      std::optional<std::size_t> place) {
  return "filter '" + excerpt(expression, place.value_or(0)).text + "': " + escaped(reason) +
         (place ? where(expression, *place) : "");
}

}  // namespace

FilterError::FilterError(const std::string& expression, const std::string& reason,
                         std::optional<std::size_t> place)
    : std::runtime_error(terminal_text(expression, reason, place)),
      one_line_(line_text(expression, reason, place)),
      place_(place) {}

}  // namespace ringtail::filter
