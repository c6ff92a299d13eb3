#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "filter/expression.h"
#include "filter/listing.h"
#include "filter/pcap_handle.h"
#include "support/shell_command.h"

namespace ringtail::filter {
namespace {

constexpr const char* kMaxUserNamespaces = "/proc/sys/user/max_user_namespaces";

std::string listed(const Program& program) { return listing(program, ListingStyle::kPeople); }

const std::vector<std::string> kExpressions = {"tcp port 443",
                                               "vlan 5",
                                               "vlan and vlan 7 and ip",
                                               "ip6 host 2001:db8::1",
                                               "broadcast",
                                               "pppoes and ip",
                                               "mpls 5",
                                               "ether host 00:01:02:03:04:05",
                                               "inbound",
                                               "ifindex 3",
                                               "less 100",
                                               "vlan 5 and host localhost"};

class CompileInNamespace : public testing::Test {
 protected:
  void TearDown() override { support::run_command("ip link set lo up"); }
};

std::vector<std::string> listed_as(How how) {
  std::vector<std::string> programs;
  for (const std::string& expression : kExpressions) {
    const Compiled compiled = compile(expression, {});
    EXPECT_EQ(compiled.how, how) << expression;
    programs.push_back(listed(compiled.program));
  }
  return programs;
}

TEST_F(CompileInNamespace, YieldsTheSameProgramsWithLoopbackUpAndDown) {
  support::run_command("ip link set lo up");
  const std::vector<std::string> live = listed_as(How::kLive);
  support::run_command("ip link set lo down");
  EXPECT_EQ(listed_as(How::kPrivateNamespace), live);
}

TEST_F(CompileInNamespace, LooksForTagsWhereTheKernelPutsThem) {
  for (const std::string state : {"up", "down"}) {
    support::run_command("ip link set lo " + state);
    const std::string program = listed(compile("vlan 5", {}).program);
    EXPECT_NE(program.find("[vlanp]"), std::string::npos) << state;
    EXPECT_NE(program.find("[vlan_tci]"), std::string::npos) << state;
  }
}

TEST_F(CompileInNamespace, ResolvesNamesBeforeItLeavesTheNetwork) {
  support::run_command("ip link set lo down");
  const Compiled compiled = compile("vlan and (src localhost or dst localhost)", {});
  EXPECT_EQ(compiled.how, How::kPrivateNamespace);
  ASSERT_EQ(compiled.names.size(), 1U);
  EXPECT_EQ(compiled.names[0].name, "localhost");
}

TEST_F(CompileInNamespace, SaysWhatIsUncheckedWhereNamespacesAreForbidden) {
  support::run_command("ip link set lo down");
  std::string before;
  std::ifstream(kMaxUserNamespaces) >> before;
  ASSERT_TRUE(std::ofstream(kMaxUserNamespaces) << 0 << std::flush);
  const Compiled tagged = compile("vlan 5 and ip", {});
  const Compiled plain = compile("tcp port 80", {});
  std::ofstream(kMaxUserNamespaces) << before;
  EXPECT_EQ(tagged.how, How::kDeadHandle);
  EXPECT_NE(tagged.unchecked.find("VLAN"), std::string::npos);
  EXPECT_EQ(plain.how, How::kDeadHandle);
  EXPECT_EQ(plain.unchecked, "");
}

// What the sentence about a dead handle promises: nothing but `vlan` depends on a live one.
TEST_F(CompileInNamespace, YieldsTheSameOnADeadHandleUnlessTagsAreMentioned) {
  support::run_command("ip link set lo up");
  const OpenedHandle live = open_live("lo", kMaxSnaplen);
  ASSERT_TRUE(live.handle) << live.reason;
  const PcapHandle dead = open_dead(DLT_EN10MB, kMaxSnaplen);
  for (const std::string& expression : kExpressions) {
    const bool same = same_program(compile_on(live.handle.get(), expression, {}).program,
                                   compile_on(dead.get(), expression, {}).program);
    EXPECT_EQ(same, expression.find("vlan") == std::string::npos) << expression;
  }
}

TEST_F(CompileInNamespace, YieldsForAnyWhatAnActivatedHandleDoes) {
  support::run_command("ip link set lo up");
  const OpenedHandle live = open_live("any", kMaxSnaplen);
  ASSERT_TRUE(live.handle) << live.reason;
  ASSERT_EQ(pcap_set_datalink(live.handle.get(), DLT_LINUX_SLL2), 0);
  const PcapHandle dead = open_dead(DLT_LINUX_SLL2, kMaxSnaplen);
  for (const std::string& expression : kExpressions) {
    const CompileOutcome first = compile_on(live.handle.get(), expression, {});
    const CompileOutcome second = compile_on(dead.get(), expression, {});
    EXPECT_TRUE(same_program(first.program, second.program)) << expression;
    EXPECT_EQ(first.reason, second.reason) << expression;
  }
}

// A cooked socket on all interfaces, with the program that was rewritten for it.
class CookedReceiver {
 public:
  explicit CookedReceiver(const Program& program)
      : socket_(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sock_fprog filter{};
    filter.len = static_cast<unsigned short>(program.size());
    filter.filter = const_cast<sock_filter*>(program.data());
    sockaddr_ll all{};
    all.sll_family = AF_PACKET;
    all.sll_protocol = htons(ETH_P_ALL);
    ready_ = ::setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 &&
             ::bind(socket_, reinterpret_cast<const sockaddr*>(&all), sizeof all) == 0;
  }
  CookedReceiver(const CookedReceiver&) = delete;
  CookedReceiver& operator=(const CookedReceiver&) = delete;
  ~CookedReceiver() { ::close(socket_); }

  [[nodiscard]] bool ready() const { return ready_; }

  // The sizes of the packets that have come, as far as the program keeps them.
  std::vector<ssize_t> sizes() const {
    std::vector<ssize_t> sizes;
    char bytes[2048];
    for (ssize_t got = 0; (got = ::recv(socket_, bytes, sizeof bytes, 0)) >= 0;)
      sizes.push_back(got);
    return sizes;
  }

 private:
  int socket_;
  bool ready_ = false;
};

void send_datagram(std::uint16_t port, std::size_t size) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string bytes(size, 'x');
  EXPECT_EQ(
      ::sendto(socket, bytes.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
      static_cast<ssize_t>(size));
  ::close(socket);
}

TEST_F(CompileInNamespace, CopiesNoTrafficMeanwhile) {
  support::run_command("ip link set lo up");
  const OpenedHandle live = open_live("lo", kMaxSnaplen);
  ASSERT_TRUE(live.handle) << live.reason;
  for (int i = 0; i < 3; ++i) send_datagram(7777, 10);
  pcap_stat statistics{};
  ASSERT_EQ(pcap_stats(live.handle.get(), &statistics), 0);
  EXPECT_EQ(statistics.ps_recv, 0U);
}

TEST_F(CompileInNamespace, YieldsForAnyAProgramThatWorksOnACookedSocket) {
  support::run_command("ip link set lo up");
  Target any;
  any.link_type = "LINUX_SLL2";
  any.snaplen = 60;
  const CookedReceiver receiver(compile("udp dst port 7777 and inbound", any).program);
  ASSERT_TRUE(receiver.ready());
  send_datagram(7776, 10);
  send_datagram(7777, 5);
  send_datagram(7777, 500);
  // Headers of IP and UDP and 5 bytes; and 60 bytes less the cooked header. Each once.
  EXPECT_EQ(receiver.sizes(), (std::vector<ssize_t>{20 + 8 + 5, 60 - 20}));
}

TEST_F(CompileInNamespace, YieldsBareIpForALinkWithoutHeadersThatIsNotThere) {
  Target tunnel;
  tunnel.interface = "none0";
  tunnel.link_type = "RAW";
  const Compiled compiled = compile("tcp", tunnel);
  EXPECT_EQ(compiled.how, How::kDeadHandle);
  EXPECT_EQ(compiled.unchecked, "");
}

TEST_F(CompileInNamespace, RefusesALinkTypeThatTheInterfaceDoesNotHave) {
  support::run_command("ip link set lo up");
  Target wrong;
  wrong.interface = "lo";
  wrong.link_type = "RAW";
  EXPECT_THROW((void)compile("tcp", wrong), FilterError);
}

}  // namespace
}  // namespace ringtail::filter
