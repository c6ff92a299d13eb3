#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "settings/value.h"

namespace ringtail::settings {

// A word that a key takes, and what it stands for. A key's choices are a table of these.
template <typename Value>
struct Choice {
  std::string_view word;
  Value value;
};
template <typename Value>
Choice(std::string_view, Value) -> Choice<Value>;

inline constexpr std::array kBooleans = {Choice{"true", true}, Choice{"false", false}};

template <typename Value, std::size_t kCount>
using Choices = std::array<Choice<Value>, kCount>;

// "auto, uring, blocking or buffered".
template <typename Value, std::size_t kCount>
[[nodiscard]] std::string allowed_words(const Choices<Value, kCount>& choices) {
  std::string words;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (i > 0) words.append(i + 1 < kCount ? ", " : " or ");
    words.append(choices[i].word);
  }
  return words;
}

// Reads one of the words, or reports "'<value>' <what>; allowed is ...", and returns nothing.
template <typename Value, std::size_t kCount>
[[nodiscard]] std::optional<Value> read_choice(const Node& node,
                                               const Choices<Value, kCount>& choices,
                                               std::string_view what, Report& report) {
  if (!expect(node, Node::Kind::kScalar, allowed_words(choices), report)) return std::nullopt;
  for (const auto& [word, value] : choices)
    if (word == node.text) return value;
  refuse(node, what, allowed_words(choices), report);
  return std::nullopt;
}

template <typename Value, std::size_t kCount>
[[nodiscard]] Node write_choice(const Choices<Value, kCount>& choices, Value written) {
  for (const auto& [word, value] : choices)
    if (value == written) return Node::scalar(std::string{word});
  return {};
}

}  // namespace ringtail::settings
