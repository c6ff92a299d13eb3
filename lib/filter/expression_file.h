#pragma once

#include <filesystem>
#include <string>

namespace ringtail::filter {

// The expression in a file, as tcpdump -F reads it: it may have many lines, and what follows a '#'
// up to the end of its line is a comment. Throws std::system_error if the file cannot be read, and
// std::length_error if it is larger than kMaxExpressionBytes.
[[nodiscard]] std::string read_expression_file(const std::filesystem::path& path);

}  // namespace ringtail::filter
