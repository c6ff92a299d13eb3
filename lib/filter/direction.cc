#include "filter/direction.h"

#include <net/if_arp.h>

#include <stdexcept>
#include <string>

namespace ringtail::filter {
namespace {

constexpr __u32 kPacketOutgoing = 4;  // PACKET_OUTGOING of packet(7)

constexpr sock_filter load(__u16 size, int which) {
  return {static_cast<__u16>(BPF_LD | size | BPF_ABS), 0, 0, ancillary(which)};
}

constexpr sock_filter skip_if_equal(__u32 value, __u8 if_so, __u8 if_not) {
  return {BPF_JMP | BPF_JEQ | BPF_K, if_so, if_not, value};
}

constexpr sock_filter kReject{BPF_RET | BPF_K, 0, 0, 0};

// Rejects, or goes on behind its end.
Program prefix(Direction direction, Loopback loopback) {
  const sock_filter packet_type = load(BPF_B, SKF_AD_PKTTYPE);
  if (direction == Direction::kOut)
    return {packet_type, skip_if_equal(kPacketOutgoing, 1, 0), kReject};
  if (direction == Direction::kIn || loopback == Loopback::kAll)
    return {packet_type, skip_if_equal(kPacketOutgoing, 0, 1), kReject};
  if (loopback == Loopback::kNone) return {};
  return {packet_type, skip_if_equal(kPacketOutgoing, 0, 3), load(BPF_H, SKF_AD_HATYPE),
          skip_if_equal(ARPHRD_LOOPBACK, 0, 1), kReject};
}

}  // namespace

Program with_direction(const Program& program, Direction direction, Loopback loopback) {
  Program composed = prefix(direction, loopback);
  const std::size_t size = composed.size() + program.size();
  if (size > kMaxInstructions) {
    throw std::length_error("the filter has " + std::to_string(size) +
                            " instructions with the test of the direction; the kernel takes " +
                            std::to_string(kMaxInstructions));
  }
  // Jumps are relative, so what stands in front moves none.
  composed.insert(composed.end(), program.begin(), program.end());
  return composed;
}

}  // namespace ringtail::filter
