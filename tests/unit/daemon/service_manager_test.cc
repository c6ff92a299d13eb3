#include "daemon/service_manager.h"

#include <gtest/gtest.h>

#include "unit/daemon/listening_manager.h"

namespace ringtail::daemon {
namespace {

TEST(ServiceManager, IsToldNothingWhereNobodyListens) {
  const ServiceManager manager;
  EXPECT_FALSE(manager.listens());
  EXPECT_EQ(manager.watchdog(), std::nullopt);
  manager.ready();
  manager.feed();
}

TEST(ServiceManager, HearsEachStepOfLife) {
  ListeningManager systemd;
  const ServiceManager manager;
  EXPECT_TRUE(manager.listens());
  EXPECT_EQ(manager.watchdog(), std::nullopt);
  manager.ready();
  EXPECT_EQ(systemd.heard(), "READY=1");
  manager.status("all is well");
  EXPECT_EQ(systemd.heard(), "STATUS=all is well");
  manager.feed();
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(systemd.heard(), "STOPPING=1");
}

TEST(ServiceManager, HearsWhenAReloadBeginsOnTheMonotonicClock) {
  ListeningManager systemd;
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  ServiceManager().reloading();
  const auto after = std::chrono::steady_clock::now().time_since_epoch();
  const std::string prefix = "RELOADING=1\nMONOTONIC_USEC=";
  const std::string heard = systemd.heard();
  ASSERT_EQ(heard.substr(0, prefix.size()), prefix);
  const std::chrono::microseconds told(std::stoll(heard.substr(prefix.size())));
  EXPECT_GE(told, std::chrono::floor<std::chrono::microseconds>(before));
  EXPECT_LE(told, after);
}

TEST(ServiceManager, SaysHowLongItsWatchdogWaits) {
  const ListeningManager systemd(std::chrono::seconds(60));
  EXPECT_EQ(ServiceManager().watchdog(), std::chrono::seconds(60));
}

TEST(ServiceManager, HasNoWatchdogForAnotherProcess) {
  const ListeningManager systemd(std::chrono::seconds(60));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceManager().watchdog(), std::nullopt);
}

}  // namespace
}  // namespace ringtail::daemon
