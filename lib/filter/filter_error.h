#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace ringtail::filter {

// Why an expression cannot become a filter. what() is for a terminal: the reason, with libpcap's
// own words and a remedy where there is one, then the expression with a caret below the place where
// it went wrong, if that is known. one_line() says the same in a log or behind a file's name and
// line. Both are safe to print whatever the expression contains.
class FilterError : public std::runtime_error {
 public:
  // `place`: bytes of the expression before the token that is at fault; its size is the end.
  FilterError(const std::string& expression, const std::string& reason,
              std::optional<std::size_t> place = std::nullopt);

  [[nodiscard]] const std::string& one_line() const { return one_line_; }
  [[nodiscard]] std::optional<std::size_t> place() const { return place_; }

 private:
  std::string one_line_;
  std::optional<std::size_t> place_;
};

}  // namespace ringtail::filter
