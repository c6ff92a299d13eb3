#pragma once

#include <optional>
#include <string>

namespace ringtail::ring {

struct Interface {
  int index = 0;
  int hardware_type = 0;  // ARPHRD_*
  bool up = false;        // administratively
};

// Throws std::system_error if there is no such interface in this network namespace.
[[nodiscard]] Interface find_interface(const std::string& name);

// The same for an interface that may be gone: empty then.
[[nodiscard]] std::optional<Interface> look_up_interface(const std::string& name);

}  // namespace ringtail::ring
