#include "filter/cooked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "filter/expression.h"
#include "test_packets.h"

namespace ringtail::filter {
namespace {

constexpr std::uint32_t kSnaplen = 1000;

Program compiled(const std::string& expression, const std::string& link_type) {
  Target target;
  target.link_type = link_type;
  target.snaplen = kSnaplen;
  return compile(expression, target).program;
}

Program load(int code, std::uint32_t offset) {
  return {{static_cast<__u16>(code), 0, 0, offset}, {BPF_RET | BPF_K, 0, 0, 1}};
}

// Those whose meaning does not depend on the length of the link header or on its addresses.
const std::vector<std::string> kExpressions = {
    "",
    "host 192.168.152.100",
    "src host 192.168.152.100",
    "dst host 192.168.152.100",
    "host 192.168.152.100 and 192.168.152.101",
    "host 192.168.152.100 and ! 192.168.152.101",
    "ip host 192.168.152.100 and ! 192.168.152.101",
    "host 192.168.152.3 and dst port 80",
    "port 25",
    "src port 25",
    "net 192.168",
    "net 192.168.152.0/24",
    "arp",
    "rarp",
    "ip",
    "ip6",
    "tcp",
    "udp",
    "icmp",
    "icmp6",
    "(tcp) and (port 80) and ((dst host 192.168.152.254) or (dst host 192.168.152.200))",
    "(tcp) and ((dst net 192.168) and (not dst host 192.168.152.200))",
    "tcp[tcpflags] = tcp-syn",
    "tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)",
    "(port 25) and (tcp[(tcp[12]>>2):4] = 0x4d41494c)",
    "tcp[(tcp[12]>>2):4] = 0x47455420",
    "tcp[20:2]=0x4745 or tcp[20:2]=0x4854",
    "(tcp[(tcp[12]>>2):4] = 0x5353482D) and (tcp[((tcp[12]>>2)+4):2] = 0x312E)",
    "tcp[0:2] > 1024",
    "udp dst port 53",
    "tcp port 443",
    "host 2001:db8::1",
    "portrange 20-100",
    "icmp[icmptype] = icmp-echo",
    "ip6[6] = 58",
    "ip[0] & 0xf > 5",
    "ip multicast",
    "inbound",
    "outbound",
    "ifindex 2",
    "ifindex 3",
};

TEST(CookedSocket, TakesTheSamePacketsAsAnEthernetSocket) {
  for (const std::string& expression : kExpressions) {
    const Program ethernet = compiled(expression, "EN10MB");
    const Program cooked = compiled(expression, "LINUX_SLL2");
    for (const PacketPair& pair : packet_pairs()) {
      const bool wanted = run(ethernet, pair.ethernet) != 0;
      EXPECT_EQ(run(cooked, pair.cooked) != 0, wanted)
          << "'" << expression << "' and " << pair.what;
    }
  }
}

TEST(CookedSocket, KeepsLessBytesByTheHeaderThatIsRecordedInFront) {
  EXPECT_EQ(run(compiled("tcp", "LINUX_SLL2"), packet_pairs()[0].cooked),
            kSnaplen - kCookedHeaderBytes);
  EXPECT_EQ(run(compiled("", "LINUX_SLL2"), packet_pairs()[0].cooked),
            kSnaplen - kCookedHeaderBytes);
}

TEST(CookedSocket, StillAcceptsWhenTheSnaplenIsShorterThanTheHeader) {
  for (const std::uint32_t snaplen : {1U, kCookedHeaderBytes, kCookedHeaderBytes + 1}) {
    const Program program = for_cooked_socket({{BPF_RET | BPF_K, 0, 0, snaplen}});
    EXPECT_EQ(run(program, {}), 1U) << snaplen;
  }
}

TEST(CookedSocket, LeavesRejectionsAlone) {
  EXPECT_EQ(run(for_cooked_socket({{BPF_RET | BPF_K, 0, 0, 0}}), {}), 0U);
}

TEST(CookedSocket, AsksTheKernelForTheHeadersFields) {
  const TestPacket packet{{}, 0x0800, 7, 772, 4, 0, false};
  for (const auto& [size, offset, value] :
       std::vector<std::tuple<int, std::uint32_t, std::uint32_t>>{
           {BPF_H, 0, 0x0800}, {BPF_W, 4, 7}, {BPF_H, 8, 772}, {BPF_B, 10, 4}}) {
    Program program = for_cooked_socket(load(BPF_LD | BPF_ABS | size, offset));
    program.back() = {BPF_RET | BPF_A, 0, 0, 0};
    EXPECT_EQ(run(program, packet), value) << "offset " << offset;
  }
}

TEST(CookedSocket, RefusesLoadsOfTheHeaderThatAreNoWholeField) {
  for (std::uint32_t offset = 0; offset < kCookedHeaderBytes; ++offset) {
    for (const int size : {BPF_B, BPF_H, BPF_W}) {
      const bool field = (offset == 0 && size == BPF_H) || (offset == 4 && size == BPF_W) ||
                         (offset == 8 && size == BPF_H) || (offset == 10 && size == BPF_B);
      const Program program = load(BPF_LD | BPF_ABS | size, offset);
      if (field)
        EXPECT_NO_THROW((void)for_cooked_socket(program)) << offset;
      else
        EXPECT_THROW((void)for_cooked_socket(program), std::invalid_argument) << offset;
    }
  }
}

TEST(CookedSocket, RefusesLoadsOfTheHeaderWhoseOffsetIsComputed) {
  for (std::uint32_t offset = 0; offset < kCookedHeaderBytes; ++offset) {
    EXPECT_THROW((void)for_cooked_socket(load(BPF_LD | BPF_IND | BPF_H, offset)),
                 std::invalid_argument);
    EXPECT_THROW((void)for_cooked_socket(load(BPF_LDX | BPF_MSH | BPF_B, offset)),
                 std::invalid_argument);
  }
}

TEST(CookedSocket, MovesEveryKindOfLoadBehindTheHeader) {
  for (const int code : {BPF_LD | BPF_ABS | BPF_W, BPF_LD | BPF_IND | BPF_B, BPF_LDX | BPF_MSH}) {
    EXPECT_EQ(for_cooked_socket(load(code, 34))[0].k, 14U);
    EXPECT_EQ(for_cooked_socket(load(code, kCookedHeaderBytes))[0].k, 0U);
  }
}

TEST(CookedSocket, LeavesAloneWhatIsNoByteOfThePacket) {
  const std::uint32_t mark = ancillary(SKF_AD_MARK);
  EXPECT_EQ(for_cooked_socket(load(BPF_LD | BPF_ABS | BPF_W, mark))[0].k, mark);
  EXPECT_EQ(for_cooked_socket(load(BPF_LD | BPF_IMM, 34))[0].k, 34U);
  EXPECT_EQ(for_cooked_socket(load(BPF_LD | BPF_MEM, 3))[0].k, 3U);
  EXPECT_EQ(for_cooked_socket(load(BPF_LD | BPF_LEN, 0))[0].k, 0U);
}

TEST(CookedSocket, HasNoFilterForWhatTcpdumpRejectsOnAny) {
  for (const std::string expression :
       {"vlan", "vlan 5 and tcp", "mpls", "broadcast", "multicast", "ether broadcast",
        "ether host 00:01:02:03:04:05", "(icmp) and (ether dst host 00:01:02:03:04:05)"}) {
    EXPECT_THROW((void)compiled(expression, "LINUX_SLL2"), FilterError) << expression;
  }
}

TEST(CookedSocket, SaysWhichBytesOfTheHeaderThereAre) {
  try {
    (void)compiled("link[0:4] = 1", "LINUX_SLL2");
    FAIL();
  } catch (const FilterError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("[0:2] protocol"));
  }
}

}  // namespace
}  // namespace ringtail::filter
