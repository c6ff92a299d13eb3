#pragma once

#include <cerrno>
#include <string_view>
#include <system_error>

namespace ringtail::base {

// Throws std::system_error for `errno`, reading "<call> <subject>: <reason>", or, when a remedy is
// given, "<call> <subject> (<remedy>): <reason>".
[[noreturn]] void throw_errno(std::string_view call, std::string_view subject,
                              std::string_view remedy = {});

// The one check of a system call at set-up: passes a non-negative result through, throws otherwise.
template <typename Result>
Result check(Result result, std::string_view call, std::string_view subject,
             std::string_view remedy = {}) {
  if (result < 0) throw_errno(call, subject, remedy);
  return result;
}

// `errno` as a value, for running-state failures that are not exceptional.
[[nodiscard]] inline std::error_code last_error() { return {errno, std::generic_category()}; }

}  // namespace ringtail::base
