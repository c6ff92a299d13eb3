#include "filter/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "filter/tokens.h"

namespace ringtail::filter {
namespace {

constexpr std::size_t kMaxNames = 256;  // each may cost a look-up in the network

// One or four words in the host's order, as a program has them.
using Words = std::vector<__u32>;

Words words_of(const addrinfo& info) {
  Words words;
  if (info.ai_family == AF_INET) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(info.ai_addr);
    words.push_back(ntohl(address->sin_addr.s_addr));
  } else if (info.ai_family == AF_INET6) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(info.ai_addr);
    std::array<__u32, 4> parts{};
    std::memcpy(parts.data(), &address->sin6_addr, sizeof parts);
    for (const __u32 part : parts) words.push_back(ntohl(part));
  }
  return words;
}

bool compares_with(const Program& program, const Words& words) {
  return !words.empty() && std::ranges::all_of(words, [&](__u32 word) {
    return std::ranges::any_of(program, [&](const sock_filter& instruction) {
      return instruction.code == (BPF_JMP | BPF_JEQ | BPF_K) && instruction.k == word;
    });
  });
}

std::string numeric(const addrinfo& info) {
  std::array<char, NI_MAXHOST> text{};
  const int failed = ::getnameinfo(info.ai_addr, info.ai_addrlen, text.data(), text.size(), nullptr,
                                   0, NI_NUMERICHOST);
  const std::string address = failed == 0 ? text.data() : "";
  return address.substr(0, address.find('%'));  // a scope is no part of an expression
}

std::vector<std::string> addresses_in(const std::string& name, const Program& program) {
  struct Free {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
  };
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;  // each address once
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, Free> list(found);
  std::vector<std::string> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (!compares_with(program, words_of(*info))) continue;
    const std::string text = numeric(*info);
    if (!text.empty() && std::ranges::find(addresses, text) == addresses.end())
      addresses.push_back(text);
  }
  return addresses;
}

std::string name_of(const Token& token) {
  return token.text.starts_with('\\') ? token.text.substr(1) : token.text;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

}  // namespace

std::string to_text(const ResolvedName& resolved) {
  return resolved.name + " is " + joined(resolved.addresses, ", ");
}

std::vector<ResolvedName> names_in(const std::string& expression, const Program& program) {
  std::vector<ResolvedName> names;
  std::vector<std::string> seen;
  for (const Token& token : host_words(expression)) {
    const std::string name = name_of(token);
    if (std::ranges::find(seen, name) != seen.end()) continue;
    if (seen.size() == kMaxNames) break;
    seen.push_back(name);
    std::vector<std::string> addresses = addresses_in(name, program);
    if (!addresses.empty()) names.push_back({name, std::move(addresses)});
  }
  return names;
}

std::string with_addresses(const std::string& expression, const std::vector<ResolvedName>& names) {
  std::string text;
  std::size_t copied = 0;
  for (const Token& token : host_words(expression)) {
    const auto resolved = std::ranges::find(names, name_of(token), &ResolvedName::name);
    if (resolved == names.end()) continue;
    text += expression.substr(copied, token.begin - copied);
    const std::string addresses = joined(resolved->addresses, " or ");
    text += resolved->addresses.size() == 1 ? addresses : "(" + addresses + ")";
    copied = token.end();
  }
  return text + expression.substr(copied);
}

}  // namespace ringtail::filter
