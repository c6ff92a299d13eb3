#include "daemon/heartbeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "unit/daemon/listening_manager.h"

namespace ringtail::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::chrono::milliseconds kWatchdog{20};

// A heartbeat over a snapshot that the test makes, and what was reported.
class HeartbeatTest : public testing::Test {
 protected:
  void set_silence(std::chrono::seconds silence) {
    snapshot_.workers = {{.last_progress = std::chrono::steady_clock::now() - silence}};
  }
  Heartbeat heartbeat(const ServiceManager& manager) {
    return {io_, manager, [this] { return snapshot_; },
            [this](base::Severity, const std::string& text) { reports_.push_back(text); }};
  }

  boost::asio::io_context io_;
  capture::Snapshot snapshot_;
  std::vector<std::string> reports_;
};

TEST_F(HeartbeatTest, IsSilentWhereNobodyListens) {
  const ServiceManager manager;
  Heartbeat beating = heartbeat(manager);
  beating.start();
  EXPECT_EQ(io_.run(), 0U) << "a timer was armed";
}

TEST_F(HeartbeatTest, TellsHowItGoesWithoutAWatchdogToo) {
  ListeningManager systemd;
  snapshot_.captures = {{.capture = "web"}};
  snapshot_.recorders = {
      {.capture = "web", .received_packets = 9, .written_packets = 7, .dropped_packets = {2}}};
  const ServiceManager manager;
  Heartbeat beating = heartbeat(manager);
  beating.start();
  EXPECT_EQ(systemd.heard(), "STATUS=1 capture, 9 packets received, 7 written, 2 dropped");
  EXPECT_EQ(systemd.heard(), "");
}

TEST_F(HeartbeatTest, FeedsAgainAndAgainWhileEveryWorkerMakesProgress) {
  ListeningManager systemd(kWatchdog);
  set_silence(std::chrono::seconds(1));
  const ServiceManager manager;
  Heartbeat beating = heartbeat(manager);
  beating.start();
  for (int meal = 0; meal < 3; ++meal) {
    EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
    EXPECT_THAT(systemd.heard(), StartsWith("STATUS="));
    io_.run_one();
  }
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(HeartbeatTest, DoesNotFeedWhileAWorkerIsStuckAndSaysWhichOnce) {
  ListeningManager systemd(kWatchdog);
  set_silence(std::chrono::seconds(11));
  const ServiceManager manager;
  Heartbeat beating = heartbeat(manager);
  beating.start();
  io_.run_one();
  EXPECT_THAT(systemd.heard(), StartsWith("STATUS="));
  EXPECT_THAT(systemd.heard(), StartsWith("STATUS="));
  set_silence(std::chrono::seconds(0));
  io_.run_one();
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
  EXPECT_THAT(reports_,
              ElementsAre("worker 0 has made no progress for 11 s: the watchdog is not fed",
                          "every worker makes progress again"));
}

TEST_F(HeartbeatTest, EndsEvenIfItsTimerHasExpired) {
  // Both timers are due when the loop first looks, and the earlier one ends the heartbeat.
  const ListeningManager systemd(std::chrono::microseconds(4));
  const ServiceManager manager;
  Heartbeat beating = heartbeat(manager);
  beating.start();
  boost::asio::steady_timer expired(io_, std::chrono::steady_clock::time_point::min());
  expired.async_wait([&](const boost::system::error_code&) { beating.stop(); });
  io_.run();  // would not return
}

}  // namespace
}  // namespace ringtail::daemon
