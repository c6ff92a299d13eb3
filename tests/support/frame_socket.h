#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ringtail::support {

// Puts raw frames on an interface and takes them from it, one at a time, without any ring: what a
// test compares the recorder's way with. One thread.
class FrameSocket {
 public:
  enum class Direction { kSendOnly, kSendAndReceive };

  // Throws std::system_error naming the call and the interface.
  explicit FrameSocket(const std::string& interface, Direction direction = Direction::kSendOnly);
  FrameSocket(const FrameSocket&) = delete;
  FrameSocket& operator=(const FrameSocket&) = delete;
  ~FrameSocket();

  // The frame from its Ethernet header on. Sent again while the device has no room.
  void send(std::span<const std::uint8_t> frame);

  // The next frame that came in (not those that this host sent), without a tag that the kernel
  // stripped; nothing if the time is over first.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> receive(std::chrono::milliseconds timeout);

 private:
  [[noreturn]] void fail_and_close(const std::string& what) const;

  std::string interface_;
  int socket_ = -1;
};

}  // namespace ringtail::support
