#pragma once

#include <string>

namespace ringtail::ring {

// ioctl(2) for an interface whose `data` goes by pointer (ifr_data), such as SIOCETHTOOL: -1 and
// errno if the kernel or the device refuses. ENODEV for a name too long to be an interface's.
[[nodiscard]] int request_of_device(int socket, unsigned long request, const std::string& interface,
                                    void* data);

}  // namespace ringtail::ring
