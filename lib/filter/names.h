#pragma once

#include <string>
#include <vector>

#include "filter/program.h"

namespace ringtail::filter {

// A host name of an expression, and the addresses that it stands for in the program.
struct ResolvedName {
  std::string name;
  std::vector<std::string> addresses;

  bool operator==(const ResolvedName&) const = default;
};

// "gateway.example is 192.0.2.1, 2001:db8::1".
[[nodiscard]] std::string to_text(const ResolvedName& resolved);

// Which host names the program was made from. libpcap resolves while it compiles and says nothing
// about it: each word that may be a name is resolved once more, and of its addresses those are
// returned that the program compares packets with. So what is returned is true; an address that
// came between the two look-ups is missing. Names of networks, ports, protocols and link addresses
// are not among them: these come from files of this host.
[[nodiscard]] std::vector<ResolvedName> names_in(const std::string& expression,
                                                 const Program& program);

// The expression with those names written as their addresses.
[[nodiscard]] std::string with_addresses(const std::string& expression,
                                         const std::vector<ResolvedName>& names);

}  // namespace ringtail::filter
