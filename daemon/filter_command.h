#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "filter/expression.h"

namespace ringtail::daemon {

struct FilterOptions {
  std::vector<std::string> words;               // of the expression, as the shell split it
  std::optional<std::filesystem::path> file;    // holds the expression, in place of words
  std::string interface;                        // empty: Ethernet
  std::uint32_t snaplen = filter::kMaxSnaplen;  // 0: the whole packet
  int listing = 0;                              // how often -d was given
  bool optimize = true;
};

// `ringtail filter [-d|-dd|-ddd] EXPR...`: says on `out` that the expression compiles, or prints
// the program there and nothing else. Names and what was not checked go to `err`, as does what is
// wrong. Returns an ExitCode.
[[nodiscard]] int filter_command(const FilterOptions& options, std::ostream& out,
                                 std::ostream& err);

}  // namespace ringtail::daemon
