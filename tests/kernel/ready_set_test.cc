#include "ring/ready_set.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <vector>

#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "ring/rx_ring.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::ring {
namespace {

using support::FrameSocket;
using support::VethLink;
using namespace std::chrono_literals;

// Counts how often an Asio loop that waits for the set is woken.
class Loop {
 public:
  explicit Loop(RxRing& ring) : descriptor_(io_, set_.fd()) {
    set_.add(ring.fd());
    wait();
  }
  ~Loop() { (void)descriptor_.release(); }

  int wakeups_within(std::chrono::milliseconds time) {
    const int before = wakeups_;
    io_.run_for(time);
    io_.restart();
    return wakeups_ - before;
  }
  std::function<void()> on_wakeup = [] {};

 private:
  void wait() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this](const auto& error) {
                             if (error) return;
                             ++wakeups_;
                             set_.drain();
                             on_wakeup();
                             wait();
                           });
  }

  ReadySet set_;
  boost::asio::io_context io_;
  boost::asio::posix::stream_descriptor descriptor_;
  int wakeups_ = 0;
};

class ReadySetTest : public testing::Test {
 protected:
  ReadySetTest() { ring_.attach_filter(tests::kAcceptAll); }
  void send() { FrameSocket(link_.name()).send(std::vector<std::uint8_t>(60, 2)); }

  VethLink link_;
  RxRing ring_ = tests::open_bound_ring(link_.peer());
};

TEST_F(ReadySetTest, SleepsOnASilentLink) {
  Loop loop(ring_);
  (void)loop.wakeups_within(100ms);  // Asio looks at each descriptor once
  EXPECT_EQ(loop.wakeups_within(500ms), 0);
}

TEST_F(ReadySetTest, DoesNotSpinWhileALeaseIsHeld) {
  Loop loop(ring_);
  std::vector<BlockLease> held;
  loop.on_wakeup = [&] {
    while (BlockLease lease = ring_.take()) held.push_back(std::move(lease));
  };
  send();
  (void)loop.wakeups_within(300ms);
  ASSERT_EQ(held.size(), 1U);
  pollfd state{ring_.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&state, 1, 0), 1) << "the socket itself stays readable";
  EXPECT_EQ(loop.wakeups_within(500ms), 0);
}

TEST_F(ReadySetTest, WakesForEachBlockThatIsRetiredAlsoBehindOnesThatAreHeld) {
  Loop loop(ring_);
  std::vector<BlockLease> held;
  loop.on_wakeup = [&] {
    while (BlockLease lease = ring_.take()) held.push_back(std::move(lease));
  };
  for (std::size_t blocks = 1; blocks <= 7; ++blocks) {
    send();
    const int wakeups = loop.wakeups_within(200ms);
    EXPECT_EQ(held.size(), blocks);
    EXPECT_GE(wakeups, 1);
    EXPECT_LE(wakeups, 3);
  }
}

TEST_F(ReadySetTest, DoesNotSpinWhenTheLinkIsDownOrGone) {
  Loop loop(ring_);
  link_.bring_down();
  (void)loop.wakeups_within(200ms);
  EXPECT_LE(loop.wakeups_within(300ms), 1);
  link_.remove();
  (void)loop.wakeups_within(200ms);
  EXPECT_LE(loop.wakeups_within(300ms), 1);
}

}  // namespace
}  // namespace ringtail::ring
