#include "ring/interface.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/check.h"

namespace ringtail::ring {
namespace {

// Asks the kernel one question about the interface; false if it does not exist.
bool ask(int socket, unsigned long request, ifreq& answer, const std::string& name) {
  if (::ioctl(socket, request, &answer) == 0) return true;
  if (errno == ENODEV || errno == ENXIO) return false;
  base::throw_errno("ioctl on the interface", name);
}

}  // namespace

base::UniqueFd open_lookup_socket() {
  return base::UniqueFd(base::check(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                                    "socket(AF_UNIX) to look up interfaces", ""));
}

std::optional<Interface> look_up_interface(int socket, const std::string& name) {
  ifreq request{};
  if (name == kAnyInterface) return Interface{0, ARPHRD_VOID, true};
  if (name.empty() || name.size() >= sizeof request.ifr_name) return std::nullopt;
  name.copy(request.ifr_name, name.size());

  Interface found;
  if (!ask(socket, SIOCGIFINDEX, request, name)) return std::nullopt;
  found.index = request.ifr_ifindex;
  if (!ask(socket, SIOCGIFHWADDR, request, name)) return std::nullopt;
  found.hardware_type = request.ifr_hwaddr.sa_family;
  if (!ask(socket, SIOCGIFFLAGS, request, name)) return std::nullopt;
  found.up = (request.ifr_flags & IFF_UP) != 0;
  return found;
}

Interface find_interface(int socket, const std::string& name) {
  if (const std::optional<Interface> found = look_up_interface(socket, name)) return *found;
  errno = ENODEV;
  base::throw_errno("looking up the interface", name, "`ringtail interfaces` lists what there is");
}

}  // namespace ringtail::ring
