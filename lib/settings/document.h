#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/report.h"

namespace ringtail::settings {

// A YAML document as a tree that knows its lines: duplicates are kept, nothing is expanded, and its
// depth and size are bounded whatever the text is.
struct Node {
  enum class Kind { kNull, kScalar, kList, kMapping, kAlias, kTagged };

  Kind kind = Kind::kNull;
  Place place;
  std::string text;         // of a scalar
  std::vector<Node> keys;   // of a mapping: keys[i] belongs to items[i]
  std::vector<Node> items;  // of a list or a mapping

  [[nodiscard]] static Node scalar(std::string text);
  [[nodiscard]] static Node list(std::vector<Node> items);
};

inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxNodes = 20'000;

// One document, or the first thing that is wrong with its text.
struct Document {
  std::optional<Node> root;
  std::optional<Problem> problem;
};

[[nodiscard]] Document parse_document(std::string_view text);

// The tree as YAML; scalars are quoted where YAML needs it.
[[nodiscard]] std::string print_document(const Node& root);

}  // namespace ringtail::settings
