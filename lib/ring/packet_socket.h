#pragma once

#include <cstdint>
#include <string>

#include "base/unique_fd.h"

namespace ringtail::ring {

// An unbound AF_PACKET socket of protocol 0, which receives nothing until bind_to_interface(). A
// cooked one (SOCK_DGRAM) delivers packets from their network header on.
// Throws std::system_error; a missing CAP_NET_RAW is named with its remedy.
[[nodiscard]] base::UniqueFd open_packet_socket(const std::string& interface, bool cooked);

// Binds to every protocol of the interface of that index, and, if asked, holds it in promiscuous
// mode until the socket is closed (refcounted by the kernel, nothing to undo). kAnyInterface has no
// such mode. `interface` is for the text of errors.
void bind_to_interface(int socket, int index, const std::string& interface, bool promiscuous);

// What the kernel counted since the last read: PACKET_STATISTICS clears on read, so each socket
// has one reader.
struct SocketStatistics {
  std::uint32_t packets = 0;  // passed the filter, drops and unread packets included
  std::uint32_t drops = 0;    // of these, found no room in the ring
  std::uint32_t freezes = 0;  // times that the ring was full
};
[[nodiscard]] SocketStatistics read_statistics(int socket, const std::string& interface);

}  // namespace ringtail::ring
