#include "capture/tcp_counter.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "capture/worker_clock.h"
#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "pcapfile/pcap_format.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using namespace std::chrono_literals;

class TcpCounterTest : public testing::Test {
 protected:
  TcpCounterTest() {
    ring_.attach_filter(tests::kAcceptAll);
    counter_.use_source(ring_, {}, pcapfile::kLinktypeEthernet);
  }
  void send(int frames) {
    for (; frames > 0; --frames) socket_.send(std::vector<std::uint8_t>(1400, 2));
  }
  void take_next() {
    pollfd retired{ring_.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&retired, 1, 5000), 1);
    (void)counter_.turn(clock_);
  }

  support::VethLink link_;
  ring::RxRing ring_ = tests::open_bound_ring(link_.peer());
  support::FrameSocket socket_{link_.name()};
  TcpCounter counter_;
  WorkerClock clock_;
};

TEST_F(TcpCounterTest, IsLeftAloneForHalfAsLongWhereItsBlocksComeFull) {
  EXPECT_EQ(counter_.longest_pause(), 20ms);
  // Again where this thread was stopped for so long that the timeout came first.
  for (int tries = 0; tries < 20 && counter_.longest_pause() != 10ms; ++tries) {
    send(900);  // a block takes 700
    ASSERT_NO_FATAL_FAILURE(take_next());
  }
  EXPECT_EQ(counter_.longest_pause(), 10ms);
  ASSERT_NO_FATAL_FAILURE(take_next());
  EXPECT_EQ(counter_.longest_pause(), 20ms) << "the last one, not full";
}

}  // namespace
}  // namespace ringtail::capture
