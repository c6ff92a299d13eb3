#pragma once

#include <cstdint>
#include <string>

namespace ringtail::ring {

// By what a packet's member is chosen.
enum class FanoutMode {
  kHash,   // the flow: both directions meet in one member, unless a tagged frame went out (below)
  kCpu,    // the CPU that received it, modulo the members
  kQueue,  // the receive queue of the network card, modulo the members
};

// Joins bound sockets of one interface into a group that shares its packets. The first member is
// given a group id that is unique in this network namespace (PACKET_FANOUT_FLAG_UNIQUEID); the
// others join that. Members are numbered in the order in which they join.
//
// Of a frame that a packet socket sent with a VLAN tag in its bytes, the kernel (6.18) looks for
// the flow behind the wrong header, so that direction of a tagged flow may be another member's.
// Frames that come in, and those whose tag the kernel keeps beside them, are told apart rightly.
//
// Until all have joined each member sees every packet, so members hold a reject-all filter.
class FanoutGroup {
 public:
  explicit FanoutGroup(FanoutMode mode) : mode_(mode) {}

  // Throws std::system_error. Linux before 6.13 refuses while the interface is down.
  void join(int socket, const std::string& interface);

 private:
  FanoutMode mode_;
  bool has_id_ = false;
  std::uint16_t id_ = 0;
};

}  // namespace ringtail::ring
