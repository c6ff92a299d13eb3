#include "ring/fanout.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include "base/check.h"

namespace ringtail::ring {

void FanoutGroup::join(int socket, const std::string& interface) {
  const unsigned mode =
      has_id_ ? PACKET_FANOUT_HASH : PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID;
  unsigned argument = id_ | (mode << 16);
  base::check(::setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, sizeof argument),
              "setsockopt(PACKET_FANOUT) on", interface);
  if (has_id_) return;
  socklen_t length = sizeof argument;
  base::check(::getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, &length),
              "getsockopt(PACKET_FANOUT) on", interface);
  id_ = static_cast<std::uint16_t>(argument & 0xffffU);
  has_id_ = true;
}

}  // namespace ringtail::ring
