#include "ring/device_request.h"

#include <net/if.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace ringtail::ring {

int request_of_device(int socket, unsigned long request, const std::string& interface, void* data) {
  ifreq question{};
  if (interface.size() >= sizeof question.ifr_name) {
    errno = ENODEV;
    return -1;
  }
  interface.copy(question.ifr_name, interface.size());
  question.ifr_data = static_cast<char*>(data);
  return ::ioctl(socket, request, &question);
}

}  // namespace ringtail::ring
