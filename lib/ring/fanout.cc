#include "ring/fanout.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include "base/check.h"

namespace ringtail::ring {
namespace {

unsigned type_of(FanoutMode mode) {
  switch (mode) {
    case FanoutMode::kHash:
      return PACKET_FANOUT_HASH;
    case FanoutMode::kCpu:
      return PACKET_FANOUT_CPU;
    case FanoutMode::kQueue:
      return PACKET_FANOUT_QM;
  }
  return PACKET_FANOUT_HASH;
}

}  // namespace

void FanoutGroup::join(int socket, const std::string& interface) {
  const unsigned type = type_of(mode_) | (has_id_ ? 0U : PACKET_FANOUT_FLAG_UNIQUEID);
  unsigned argument = id_ | (type << 16);
  base::check(::setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, sizeof argument),
              "setsockopt(PACKET_FANOUT) on", interface,
              "Linux before 6.13 needs the interface to be up, or one worker");
  if (has_id_) return;
  socklen_t length = sizeof argument;
  base::check(::getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, &length),
              "getsockopt(PACKET_FANOUT) on", interface);
  id_ = static_cast<std::uint16_t>(argument & 0xffffU);
  has_id_ = true;
}

}  // namespace ringtail::ring
