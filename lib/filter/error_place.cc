#include "filter/error_place.h"

#include <string_view>
#include <vector>

#include "filter/pcap_handle.h"
#include "filter/tokens.h"

namespace ringtail::filter {
namespace {

constexpr std::uint32_t kSnaplen = 262'144;

// libpcap complains about this number with words of its own as soon as its parser asks for a token
// behind the beginning; it does not ask once something in the beginning is wrong.
constexpr std::string_view kProbe = " 08";
constexpr std::string_view kProbeReached = "number 08 ";

bool is_sound(pcap_t* handle, std::string_view beginning) {
  const std::string probed = std::string(beginning).append(kProbe);
  return compile_on(handle, probed, {.optimize = false}).reason.starts_with(kProbeReached);
}

// How many of the tokens, from the first on, are sound: what is sound has sound beginnings.
std::size_t count_sound(pcap_t* handle, std::string_view expression,
                        const std::vector<Token>& tokens) {
  std::size_t sound = 0;
  std::size_t unsound = tokens.size() + 1;
  while (unsound - sound > 1) {
    const std::size_t middle = sound + (unsound - sound) / 2;
    if (is_sound(handle, expression.substr(0, tokens[middle - 1].end())))
      sound = middle;
    else
      unsound = middle;
  }
  return sound;
}

// The word in quotes in libpcap's reason; empty if there is none.
std::string_view quoted_word(std::string_view reason) {
  const std::size_t open = reason.find_first_of("'\"");
  if (open == std::string_view::npos) return {};
  const std::size_t close = reason.find(reason[open], open + 1);
  return close == std::string_view::npos ? std::string_view()
                                         : reason.substr(open + 1, close - open - 1);
}

}  // namespace

std::optional<std::size_t> error_place(const std::string& expression, const std::string& reason,
                                       int link_type) {
  const PcapHandle handle = open_dead(link_type, kSnaplen);
  const std::vector<Token> tokens = tokenize(expression);
  if (!handle || tokens.empty()) return std::nullopt;
  const std::size_t sound = count_sound(handle.get(), expression, tokens);
  if (sound == tokens.size()) {
    const bool ends_early = reason.find("syntax error") != std::string::npos;
    return ends_early ? std::optional(tokens.back().end()) : std::nullopt;
  }
  // A name turns out to be unknown when the parser looks behind it: then the word before the token
  // is what libpcap names.
  const std::string_view word = quoted_word(reason);
  for (std::size_t i = sound + 1; !word.empty() && i-- > 0;) {
    if (tokens[i].text == word) return tokens[i].begin;
  }
  return tokens[sound].begin;
}

}  // namespace ringtail::filter
