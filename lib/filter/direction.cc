#include "filter/direction.h"

#include <array>
#include <stdexcept>
#include <string>

namespace ringtail::filter {
namespace {

constexpr __u32 kPacketOutgoing = 4;  // PACKET_OUTGOING of packet(7)

// Loads the packet type, and rejects unless it is (`outgoing`) or is not outgoing.
std::array<sock_filter, 3> prefix(bool outgoing) {
  const __u8 to_program = 1;
  const __u8 to_rejection = 0;
  return {{{BPF_LD | BPF_B | BPF_ABS, 0, 0, ancillary(SKF_AD_PKTTYPE)},
           {BPF_JMP | BPF_JEQ | BPF_K, outgoing ? to_program : to_rejection,
            outgoing ? to_rejection : to_program, kPacketOutgoing},
           {BPF_RET | BPF_K, 0, 0, 0}}};
}

}  // namespace

Program with_direction(const Program& program, Direction direction, bool loopback) {
  if (direction == Direction::kBoth && !loopback) return program;
  const auto first = prefix(direction == Direction::kOut);
  const std::size_t size = first.size() + program.size();
  if (size > kMaxInstructions) {
    throw std::length_error("the filter has " + std::to_string(size) +
                            " instructions with the test of the direction; the kernel takes " +
                            std::to_string(kMaxInstructions));
  }
  // Jumps are relative, so what stands in front moves none.
  Program composed(first.begin(), first.end());
  composed.insert(composed.end(), program.begin(), program.end());
  return composed;
}

}  // namespace ringtail::filter
