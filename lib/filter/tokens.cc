#include "filter/tokens.h"

#include <algorithm>
#include <array>

namespace ringtail::filter {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// '-' and ':' stand in words as well (tcp-syn, 2001:db8::1), '/' between an address and its mask.
bool is_operator(char c) { return std::string_view("+*%[]!<>()&|^=").find(c) != std::string::npos; }

std::size_t operator_length(std::string_view rest) {
  constexpr std::array<std::string_view, 8> kPairs = {
      "&&", "||", ">=", "<=", "!=", "==", "<<", ">>"};
  const bool pair = std::ranges::find(kPairs, rest.substr(0, 2)) != kPairs.end();
  return pair ? 2 : 1;
}

// A backslash takes the next word literally, whatever is in it.
std::size_t word_length(std::string_view rest) {
  const bool literal = rest[0] == '\\';
  std::size_t length = 1;
  while (length < rest.size() && !is_blank(rest[length]) &&
         (literal ? std::string_view("!()").find(rest[length]) == std::string_view::npos
                  : !is_operator(rest[length]))) {
    ++length;
  }
  return length;
}

bool is_among(std::string_view word, std::string_view list) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (list.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

// Behind these a word is an address of some other kind, or no address.
constexpr std::string_view kOtherKind =
    "net mask port portrange proto protochain gateway ether link ppp slip fddi tr wlan type "
    "subtype "
    "dir direction vlan mpls pppoes geneve ifname on rset ruleset reason action llc byte less "
    "greater rnr rulenum srnr subrulenum ifindex vpi vci";
constexpr std::string_view kHostKind = "host src dst";
constexpr std::string_view kJoining = "and or not ! && || ( )";
// Words that are a whole primitive, or qualify one without saying its kind.
constexpr std::string_view kPlain =
    "arp rarp ip ip6 sctp tcp udp icmp icmp6 igmp igrp pim vrrp carp radio ah esp atalk aarp "
    "decnet "
    "lat sca moprc mopdl iso esis es-is isis is-is l1 l2 iih lsp snp csnp psnp clnp stp ipx "
    "netbeui "
    "broadcast multicast inbound outbound len length addr1 addr2 addr3 addr4 address1 address2 "
    "address3 address4 ra ta pppoed lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic connectmsg "
    "metaconnect fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls tcpflags "
    "icmptype icmpcode icmp6type icmp6code";

bool looks_like_name(std::string_view word) {
  const auto is_part = [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  };
  const auto is_numeric = [](char c) { return is_digit(c) || c == '.'; };
  if (word.starts_with('\\')) word.remove_prefix(1);
  return !word.empty() && is_alphanumeric(word[0]) && std::ranges::all_of(word, is_part) &&
         !std::ranges::all_of(word, is_numeric) && !word.starts_with("0x") &&
         !word.starts_with("tcp-") && !word.starts_with("icmp-") && !word.starts_with("icmp6-");
}

}  // namespace

std::vector<Token> tokenize(std::string_view expression) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < expression.size();) {
    if (is_blank(expression[at])) {
      ++at;
      continue;
    }
    const std::string_view rest = expression.substr(at);
    const std::size_t length = is_operator(rest[0]) ? operator_length(rest) : word_length(rest);
    tokens.push_back({at, std::string(rest.substr(0, length))});
    at += length;
  }
  return tokens;
}

std::vector<Token> host_words(std::string_view expression) {
  std::vector<Token> words;
  bool may_be_host = true;
  bool link_address = false;  // `ether host x` is looked up in /etc/ethers
  for (const Token& token : tokenize(expression)) {
    if (is_among(token.text, kJoining)) continue;
    if (is_among(token.text, kHostKind)) {
      may_be_host = !link_address;
    } else if (is_among(token.text, kOtherKind)) {
      may_be_host = false;
      link_address = is_among(token.text, "ether link ppp slip fddi tr wlan");
    } else if (is_among(token.text, kPlain)) {
      may_be_host = true;
      link_address = false;
    } else {
      if (may_be_host && looks_like_name(token.text)) words.push_back(token);
      link_address = false;
    }
  }
  return words;
}

bool mentions(std::string_view expression, std::string_view word) {
  return std::ranges::any_of(tokenize(expression),
                             [&](const Token& token) { return token.text == word; });
}

std::size_t nesting_depth(std::string_view expression) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (const char c : expression) {
    if (c == '(' || c == '[') deepest = std::max(deepest, ++depth);
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return deepest;
}

}  // namespace ringtail::filter
