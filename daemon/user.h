#pragma once

#include <sys/types.h>

#include <stdexcept>
#include <string>

namespace ringtail::daemon {

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;  // the primary group
};

struct UnknownUser : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// From the user database (getpwnam_r(3)). Throws UnknownUser if it has no such name, and
// std::system_error if it cannot be read.
[[nodiscard]] User find_user(const std::string& name);

}  // namespace ringtail::daemon
