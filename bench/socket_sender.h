#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "bench/traffic.h"

namespace ringtail::bench {

// Sends frames made beforehand through a packet socket, past the queueing discipline: for frames
// that no page holds, and where the kernel has no live frames. One thread.
class SocketSender {
 public:
  // A rate of 0 is full speed. Needs CAP_NET_RAW; throws std::system_error that names the call and
  // the interface.
  SocketSender(const std::string& interface, const FrameSizes& sizes, Carried carried,
               double frames_per_second);

  // Returns when they are sent; the first is due now. What the interface has no room for is sent
  // again.
  void send(std::uint32_t count);

 private:
  [[nodiscard]] std::uint32_t send_some(std::uint32_t count);

  std::string interface_;
  double frames_per_second_;
  base::UniqueFd socket_;
  std::vector<std::vector<std::uint8_t>> frames_;
  std::vector<iovec> pieces_;
  std::vector<mmsghdr> messages_;
};

}  // namespace ringtail::bench
