#include "filter/private_namespace.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::filter {

std::error_code enter_private_namespace() {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return base::last_error();
  const base::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return base::last_error();
  ifreq loopback{};
  std::memcpy(loopback.ifr_name, "lo", sizeof "lo");
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &loopback) != 0) return base::last_error();
  loopback.ifr_flags = static_cast<short>(loopback.ifr_flags | IFF_UP);
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &loopback) != 0) return base::last_error();
  return {};
}

}  // namespace ringtail::filter
