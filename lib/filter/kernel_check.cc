#include "filter/kernel_check.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/check.h"
#include "base/unique_fd.h"

namespace ringtail::filter {
namespace {

bool jumps_back(const Program& program) {
  return std::ranges::any_of(program, [](const sock_filter& instruction) {
    return instruction.code == (BPF_JMP | BPF_JA) && instruction.k > kMaxInstructions;
  });
}

}  // namespace

std::string kernel_refusal(const Program& program) {
  if (program.size() > kMaxInstructions) {
    return "the filter has " + std::to_string(program.size()) + " instructions; the kernel takes " +
           std::to_string(kMaxInstructions) +
           " (a net in place of many hosts, or a portrange in "
           "place of many ports, makes it shorter)";
  }
  if (jumps_back(program)) return "it needs a loop (`protochain`), which the kernel does not take";
  const base::UniqueFd socket(base::check(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                                          "socket(AF_UNIX)", "to try a filter"));
  sock_fprog filter{};
  filter.len = static_cast<unsigned short>(program.size());
  filter.filter = const_cast<sock_filter*>(program.data());  // the kernel only reads it
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0)
    return {};
  if (errno == ENOMEM) {
    return "the kernel has no room for a filter of " + std::to_string(program.size()) +
           " instructions (raise net.core.optmem_max with sysctl)";
  }
  return "the kernel refuses the program: " + base::last_error().message();
}

}  // namespace ringtail::filter
