#include "daemon/host_origin.h"

#include <sys/utsname.h>

#include <fstream>
#include <string>

#include "base/escaped.h"

namespace ringtail::daemon {
namespace {

// As /proc/cpuinfo has it on x86; elsewhere the architecture's name must do.
std::string processor(const utsname& system) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != line.npos)
      return base::escaped(line.substr(colon + 2));
  }
  return system.machine;
}

}  // namespace

pcapfile::FileOrigin host_origin() {
  pcapfile::FileOrigin origin;
  utsname system{};
  if (::uname(&system) != 0) return origin;
  origin.hardware = processor(system);
  origin.os = std::string(system.sysname) + " " + system.release;
  return origin;
}

}  // namespace ringtail::daemon
