#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/frame_shape.h"

namespace ringtail::support {

// Sends numbered frames on one interface through an AF_PACKET socket of its own, past the queueing
// discipline, so that what the device refuses is known and sent again. One thread.
class FrameSender {
 public:
  static constexpr std::size_t kBatch = 64;

  // Throws std::system_error naming the call and the interface.
  FrameSender(const std::string& interface, const FrameShape& shape);
  FrameSender(const FrameSender&) = delete;
  FrameSender& operator=(const FrameSender&) = delete;
  ~FrameSender();

  // Sends the frames from `number` on, at most `count` and at most kBatch of them, and returns how
  // many the device took: 0 if it has no room now. Throws std::system_error, for instance when the
  // interface goes down.
  [[nodiscard]] std::size_t send(std::uint64_t number, std::uint64_t count);
  // Sends the frames 0 to `count` - 1: until the device has taken them.
  void send_all(std::uint64_t count);

 private:
  void build(std::uint64_t number, std::size_t count);

  std::string interface_;
  FrameShape shape_;
  int socket_ = -1;
  std::size_t slot_size_ = 0;
  std::vector<std::uint8_t> frames_;  // kBatch slots of slot_size_
  std::vector<iovec> pieces_;
  std::vector<mmsghdr> messages_;
  std::uint64_t built_from_ =
      0;  // what is in the slots: a frame that was refused is not built again
  std::size_t built_ = 0;
};

}  // namespace ringtail::support
