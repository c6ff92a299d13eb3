#pragma once

#include <string>

namespace ringtail::ring {

// Has the packets of a packet socket stamped by the network card's own clock
// (PACKET_TIMESTAMP, SOF_TIMESTAMPING_RAW_HARDWARE), and switches that on in the card if it is off:
// a change of the host that outlives the socket and needs CAP_NET_ADMIN. Packets that the card does
// not stamp, all outgoing ones among them, carry the host's time.
//
// Throws std::runtime_error if the card cannot stamp every packet that it receives,
// std::system_error if it cannot be switched on.
void use_adapter_clock(int socket, const std::string& interface);

}  // namespace ringtail::ring
