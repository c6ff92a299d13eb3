#pragma once

#include <cstdint>
#include <string>

namespace ringtail::ring {

// Joins bound sockets of one interface into a group that shares its packets by flow hash: both
// directions of a flow meet in one member. The first member is given a group id that is unique in
// this network namespace (PACKET_FANOUT_FLAG_UNIQUEID); the others join that.
//
// Until all have joined each member sees every packet, so members hold a reject-all filter.
class FanoutGroup {
 public:
  void join(int socket, const std::string& interface);

 private:
  bool has_id_ = false;
  std::uint16_t id_ = 0;
};

}  // namespace ringtail::ring
