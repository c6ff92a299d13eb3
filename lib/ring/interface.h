#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace ringtail::ring {

// All interfaces at once: a packet socket that is bound to index 0. It exists, is up, and has no
// hardware type (ARPHRD_VOID).
inline constexpr std::string_view kAnyInterface = "any";

struct Interface {
  int index = 0;
  int hardware_type = 0;  // ARPHRD_*
  bool up = false;        // administratively

  bool operator==(const Interface&) const = default;
};

// A socket to look up interfaces with. Who looks again and again keeps one: a process that has run
// out of descriptors must not lose sight of its links. Throws std::system_error.
[[nodiscard]] base::UniqueFd open_lookup_socket();

// `socket` may be any socket of the network namespace. Throws std::system_error if there is no such
// interface.
[[nodiscard]] Interface find_interface(int socket, const std::string& name);

// The same for an interface that may be gone: empty then.
[[nodiscard]] std::optional<Interface> look_up_interface(int socket, const std::string& name);

}  // namespace ringtail::ring
