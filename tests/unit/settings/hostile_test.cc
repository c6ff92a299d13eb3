#include <cstddef>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "settings/print.h"
#include "unit/settings/parsing.h"

// Whatever the bytes are: either settings that print and read back, or errors. Never a crash.
namespace ringtail::settings {
namespace {

const std::string& example() {
  static const std::string kText = [] {
    std::ifstream file(RINGTAIL_EXAMPLE);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  }();
  return kText;
}

void check_outcome(const std::string& text) {
  const Result result = parse_text(text);
  ASSERT_NE(result.settings.has_value(), !result.errors.empty()) << text;
  if (!result.settings) return;
  const Result again = parse_text(print(*result.settings));
  ASSERT_EQ(again.settings, result.settings) << text;
}

TEST(HostileText, CutAtEveryByteIsReadOrRefused) {
  ASSERT_FALSE(example().empty());
  for (std::size_t length = 0; length <= example().size(); ++length)
    check_outcome(example().substr(0, length));
}

TEST(HostileText, WithMutatedBytesIsReadOrRefused) {
  // Mostly bytes that mean something in YAML: others end in the same few errors.
  const std::string bytes = "[]{}:,-?&*!|>'\"%@`# \n\t~0a\\.\xC3\xA4\xFF";
  std::mt19937 random(20'240'601);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (int round = 0; round < 3'000; ++round) {
    std::string text = example();
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      const char byte = bytes[below(bytes.size())];
      if (below(3) == 0)
        text.erase(at, 1 + below(20));
      else if (below(2) == 0)
        text.insert(at, 1 + below(3), byte);
      else
        text[at] = byte;
    }
    check_outcome(text);
  }
}

TEST(HostileText, OfRandomBytesIsReadOrRefused) {
  const std::string bytes = "[]{}:,-?&*!|>'\"%# \n~a";
  std::mt19937 random(7);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (std::size_t left = random() % 40; left > 0; --left)
      text.append(1, bytes[random() % bytes.size()]);
    check_outcome(text);
  }
}

}  // namespace
}  // namespace ringtail::settings
