#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/unique_fd.h"
#include "kernel/engine_fixture.h"
#include "support/shell_command.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::run_command;
using support::VethLink;

constexpr const char* kMissing = "there is no such interface";

class EngineLinksTest : public EngineTest {
 protected:
  void wait_for_problem(const std::string& problem, std::size_t recorder = 0) {
    run_until([&] { return engine_->snapshot().recorders[recorder].condition.problem == problem; });
  }
  void wait_until_recording() {
    run_until([&] {
      return std::ranges::all_of(engine_->snapshot().recorders, &RecorderSnapshot::recording);
    });
  }
  void wait_for_report(const std::string& text) {
    run_until([&] { return std::ranges::count(reports(), text) > 0; });
  }
  void expect_everything_is_accounted_for() {
    for (const RecorderSnapshot& recorder : engine_->snapshot().recorders)
      EXPECT_EQ(recorder.received_packets, recorder.written_packets + dropped(recorder));
  }
  // Ends the recording, which then holds so many packets, none lost.
  void expect_recorded(std::uint64_t packets) {
    drain();
    EXPECT_EQ(written_packets(), packets);
    EXPECT_EQ(packets_on_disk(), packets);
    expect_everything_is_accounted_for();
  }
  void start_anew() {
    engine_.reset();
    fs::remove_all(folder_.path() / "data");
  }
  // How many packets the files of each linktype hold.
  [[nodiscard]] std::map<std::uint32_t, std::uint64_t> packets_by_linktype() const {
    std::map<std::uint32_t, std::uint64_t> packets;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "data")) {
      if (entry.path().extension() != ".pcap") continue;
      support::CaptureFile file(entry.path());
      while (file.next()) ++packets[file.linktype()];
    }
    return packets;
  }
};

TEST_F(EngineLinksTest, RecordsAnInterfaceAgainThatWasDeletedAndMadeAnewAndLosesNothingInBetween) {
  for (const std::vector<unsigned>& cpus :
       {std::vector<unsigned>{0}, std::vector<unsigned>{0, 1}}) {
    VethLink link;
    start({capture_on(link.peer(), "all", cpus)});
    std::uint64_t sent = 0;
    for (int round = 0; round < 3; ++round) {
      send_all(link.name(), 5000, {.source_ports = 64});
      sent += 5000;
      link.remove();
      wait_for_problem(kMissing);
      EXPECT_LE(written_packets(), sent);
      link.create();
      wait_until_recording();
    }
    send_all(link.name(), 100, {.source_ports = 64});
    expect_recorded(sent + 100);
    start_anew();
  }
}

TEST_F(EngineLinksTest, NoticesAnInterfaceThatWasReplacedBetweenTwoLooks) {
  VethLink link;
  start({capture_on(link.peer(), "all", {0, 1})});
  send_all(link.name(), 100, {.source_ports = 64});
  link.remove();
  link.create();
  wait_for_report("veth1: the interface was replaced by another of its name");
  wait_until_recording();
  send_all(link.name(), 100, {.source_ports = 64});
  expect_recorded(200);
}

TEST_F(EngineLinksTest, RecordsAnInterfaceThatComesAfterTheStart) {
  start({capture_on("veth1", "all", {0, 1})});
  EXPECT_FALSE(engine_->snapshot().recorders[0].recording());
  EXPECT_EQ(reports(),
            std::vector<std::string>{
                "veth1: there is no such interface; recording begins when there is one"});
  const VethLink link;
  wait_until_recording();
  send_all(link.name(), 1000, {.source_ports = 64});
  expect_recorded(1000);
}

TEST_F(EngineLinksTest, RecordsTheInterfaceThatHasTheNameNow) {
  const VethLink first("veth0", "veth1");
  const VethLink second("veth2", "veth3");
  start({capture_on("veth1")});
  send_all("veth0", 10);
  run_command("ip link set veth1 name away");
  wait_for_problem(kMissing);
  send_all("veth0", 100);  // to an interface that nobody asked for
  run_command("ip link set veth3 name veth1");
  wait_until_recording();
  send_all("veth0", 100);
  send_all("veth2", 5);
  expect_recorded(15);
}

TEST_F(EngineLinksTest, AnInterfaceThatGoesTakesNothingFromTheOthersOfItsCapture) {
  VethLink going("veth0", "veth1");
  const VethLink staying("veth2", "veth3");
  CaptureOptions capture = capture_on("veth1", "both", {0, 1});
  capture.interfaces.push_back(everything_on("veth3"));
  start({capture});
  Traffic traffic("veth2");
  for (int round = 0; round < 3; ++round) {
    going.remove();
    wait_for_problem(kMissing);
    for (const RecorderSnapshot& recorder : engine_->snapshot().recorders) {
      EXPECT_EQ(recorder.recording(), recorder.interface == "veth3");
    }
    going.create();
    wait_until_recording();
  }
  const std::uint64_t sent = traffic.stop();
  drain();
  std::uint64_t staying_received = 0;
  for (const RecorderSnapshot& recorder : engine_->snapshot().recorders) {
    if (recorder.interface == "veth3") staying_received += recorder.received_packets;
  }
  EXPECT_EQ(staying_received, sent);
  expect_everything_is_accounted_for();
}

TEST_F(EngineLinksTest, TakesTheRingsThatAreOnlyWaitingAlongWhenItEnds) {
  VethLink link;
  for (const bool reopened : {false, true}) {
    start({capture_on(link.peer(), "all", {0, 1})});
    send_all(link.name(), 500, {.source_ports = 64});
    link.remove();
    wait_for_problem(kMissing);
    if (reopened) run_until([&] { return written_packets() == 500; });
    expect_recorded(500);
    start_anew();
    link.create();
  }
}

TEST_F(EngineLinksTest, ACaptureWhoseLimitIsReachedStaysEndedWhenItsInterfaceComesBack) {
  VethLink link;
  CaptureOptions limited = capture_on(link.peer(), "limited");
  limited.limit.packets = 10;
  start({limited, capture_on(link.peer(), "endless")});
  send_all(link.name(), 20);
  wait_for_problem("its limit is reached");
  link.remove();
  wait_for_problem(kMissing, 1);
  link.create();
  run_until([&] { return engine_->snapshot().recorders[1].recording(); });
  send_all(link.name(), 20);
  drain();
  EXPECT_EQ(engine_->snapshot().recorders[0].written_packets, 10U);
  EXPECT_EQ(engine_->snapshot().recorders[1].written_packets, 40U);
  expect_everything_is_accounted_for();
}

TEST_F(EngineLinksTest, SaysWhyAnInterfaceThatIsBackIsNotRecordedAndTriesAgainWhenItChanges) {
  VethLink link;
  CaptureOptions capture = capture_on(link.peer());
  int asked = 0;
  capture.interfaces[0].filter_for = [&asked](int) {
    if (++asked == 2) throw std::runtime_error("no filter today");
    return accept_all();
  };
  start({capture});
  link.remove();
  wait_for_report("all/veth1: no filter today");
  link.create();
  wait_until_recording();
  wait_for_report("all/veth1: is recorded again");
  send_all(link.name(), 10);
  expect_recorded(10);
}

// Of this process; the disk thread's files come and go.
std::size_t open_sockets() {
  std::size_t sockets = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    sockets += fs::read_symlink(entry, gone).string().starts_with("socket:") ? 1U : 0U;
  }
  return sockets;
}

TEST_F(EngineLinksTest, HasAsManySocketsAsBeforeHoweverOftenAnInterfaceComesAndGoes) {
  VethLink link;
  start({capture_on(link.peer(), "all", {0, 1})});
  const std::size_t before = open_sockets();
  for (int round = 0; round < 3; ++round) {
    link.remove();
    wait_for_problem(kMissing);
    link.create();
    wait_until_recording();
  }
  EXPECT_EQ(open_sockets(), before);
  drain();
}

// An IP link of the given name, for the time of a scope; packets written to it arrive on it.
class TunLink {
 public:
  TunLink(base::UniqueFd tun, const std::string& name) : tun_(std::move(tun)) {
    ifreq request{};
    name.copy(request.ifr_name, sizeof request.ifr_name);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    base::check(::ioctl(tun_.get(), TUNSETIFF, &request), "TUNSETIFF", name);
    run_command("ip link set " + name + " arp off multicast off up");
  }
  void send_packet() const {
    const std::vector<std::uint8_t> packet = {0x45, 0, 0,  20, 0, 0, 0,  0, 1, 17,
                                              0,    0, 10, 0,  0, 1, 10, 0, 0, 2};
    ASSERT_EQ(::write(tun_.get(), packet.data(), packet.size()), 20);
  }

 private:
  base::UniqueFd tun_;
};

TEST_F(EngineLinksTest, RecordsAnInterfaceOfAnotherLinkTypeInFilesOfThatAndAsksForItsFilter) {
  std::set<int> hardware_types;
  CaptureOptions capture = capture_on("veth1", "all", {0, 1});
  capture.interfaces[0].filter_for = [&hardware_types](int type) {
    hardware_types.insert(type);
    return accept_all();
  };
  VethLink link;
  start({capture});
  for (int round = 0; round < 2; ++round) {
    send_all(link.name(), 100, {.source_ports = 64});
    link.remove();
    base::UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tun) {
      std::cout << "not tried: this user may not open /dev/net/tun\n";
      return drain();
    }
    wait_for_problem(kMissing);
    {
      const TunLink other(std::move(tun), "veth1");
      wait_until_recording();
      other.send_packet();
    }
    wait_for_problem(kMissing);
    link.create();
    wait_until_recording();
  }
  expect_recorded(202);
  EXPECT_EQ(hardware_types, (std::set<int>{ARPHRD_ETHER, ARPHRD_NONE}));
  EXPECT_EQ(packets_by_linktype(), (std::map<std::uint32_t, std::uint64_t>{{1, 200}, {101, 2}}));
}

}  // namespace
}  // namespace ringtail::capture
