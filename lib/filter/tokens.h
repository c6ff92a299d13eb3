#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::filter {

// What stands between words.
[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct Token {
  std::size_t begin = 0;  // bytes of the expression before it
  std::string text;

  [[nodiscard]] std::size_t end() const { return begin + text.size(); }
};

// The words and operators of an expression. Coarser than libpcap's: a word may be several of its
// tokens (2001:db8::1, 10.0.0.0/8, 0:3), none of its tokens is ever split.
[[nodiscard]] std::vector<Token> tokenize(std::string_view expression);

// The words that libpcap may look up as host names: neither keywords nor numbers nor addresses, and
// behind host, src, dst or nothing, not behind port, net, ether, proto and the like. Conservative
// in one direction: a word here may turn out to be none.
[[nodiscard]] std::vector<Token> host_words(std::string_view expression);

// Whether `word` stands in the expression as a word of its own.
[[nodiscard]] bool mentions(std::string_view expression, std::string_view word);

// How deeply parentheses and brackets nest.
[[nodiscard]] std::size_t nesting_depth(std::string_view expression);

}  // namespace ringtail::filter
