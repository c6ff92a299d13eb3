#include "capture/tcp_counter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "capture/worker_clock.h"
#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "kernel/waiting.h"
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
  // Whether that is so at last, with a turn now and then.
  template <typename Condition>
  bool becomes(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(1ms);
      (void)counter_.turn(clock_);
    }
    return condition();
  }

  support::VethLink link_;
  ring::RxRing ring_ = tests::open_bound_ring(link_.peer());
  support::FrameSocket socket_{link_.name()};
  TcpCounter counter_;
  WorkerClock clock_;
};

TEST_F(TcpCounterTest, IsLeftAloneForHalfAsLongWhereItsBlocksComeFull) {
  EXPECT_EQ(counter_.longest_pause(), 20ms);
  EXPECT_TRUE(becomes([&] {
    send(100);  // a block takes 700
    return counter_.longest_pause() == 10ms;
  }));
  EXPECT_TRUE(becomes([&] { return counter_.longest_pause() == 20ms; }))
      << "the last one, not full";
}

}  // namespace
}  // namespace ringtail::capture
