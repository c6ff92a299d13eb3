#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "filter/expression.h"

namespace ringtail::filter {

// What the compiling child answers its parent: a program, or a reason.
struct Answer {
  Compiled compiled;
  std::string reason;  // empty: there is a program
  std::optional<std::size_t> place;
};

// The answer as bytes for the pipe, without the place: that may follow later, or never.
[[nodiscard]] std::string to_bytes(const Answer& answer);
[[nodiscard]] std::string place_to_bytes(std::size_t place);

// What the parent read, from a child that may have been killed: empty if that is no answer.
[[nodiscard]] std::optional<Answer> answer_from(const std::string& bytes);

}  // namespace ringtail::filter
