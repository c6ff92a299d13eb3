#include "ring/link_events.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "support/shell_command.h"
#include "support/veth_link.h"

namespace ringtail::ring {
namespace {

using support::VethLink;

bool is_told(const LinkEvents& events) {
  pollfd state{events.fd(), POLLIN, 0};
  return ::poll(&state, 1, 0) == 1;
}

TEST(LinkEvents, TellOfEachWayInWhichAnInterfaceChanges) {
  LinkEvents events;
  EXPECT_FALSE(is_told(events));
  VethLink link;
  EXPECT_TRUE(is_told(events));
  for (const char* change : {"veth1 down", "veth1 name veth9", "veth9 name veth1", "veth1 up"}) {
    events.drain();
    EXPECT_FALSE(is_told(events));
    support::run_command(std::string("ip link set ") + change);
    EXPECT_TRUE(is_told(events)) << change;
  }
  events.drain();
  link.remove();
  EXPECT_TRUE(is_told(events));
}

TEST(LinkEvents, GoOnAfterMoreChangesThanTheKernelKeepsForThem) {
  LinkEvents events;
  const VethLink link;
  support::run_command(
      "i=0; while [ $i -lt 500 ]; do echo link set veth1 down; echo link set veth1 up; "
      "i=$((i + 1)); done | ip -batch -");
  char byte = 0;
  while (::recv(events.fd(), &byte, 1, 0) >= 0) {
  }
  EXPECT_EQ(errno, ENOBUFS) << "the changes were to be too many";
  support::run_command(
      "i=0; while [ $i -lt 500 ]; do echo link set veth1 down; echo link set veth1 up; "
      "i=$((i + 1)); done | ip -batch -");
  events.drain();
  EXPECT_FALSE(is_told(events));
  support::run_command("ip link set veth1 down");
  EXPECT_TRUE(is_told(events));
}

}  // namespace
}  // namespace ringtail::ring
