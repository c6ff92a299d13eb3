#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "filter/tcp_flags_program.h"
#include "kernel/bound_ring.h"
#include "kernel/engine_fixture.h"
#include "kernel/waiting.h"
#include "packet/tcp_flags.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"
#include "tcpwatch/kind.h"

// The watch's program on sockets of its own, where no parser behind it corrects what it takes.
namespace ringtail::capture {
namespace {

using support::FrameSocket;
using support::VethLink;
using tcpwatch::watched_flags;

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kEncapsulatingSecurity = 50;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kLaterFragment = 0x0001;
constexpr std::size_t kNumberOffset = 6;
constexpr std::size_t kAddressBytes = 12;
constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kTagBytes = 4;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kFragmentHeaderBytes = 8;
constexpr std::size_t kTcpBytes = 20;
const Bytes kPayload(200, 'x');

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes tcp(std::uint8_t flags) {
  return Bytes(12, 1) + Bytes{0x50, flags, 0x20, 0, 0, 0, 0, 0} + kPayload;
}

Bytes ipv4(const Bytes& payload, std::uint8_t protocol = kTcp, std::uint16_t fragment = 0) {
  return Bytes{0x45, 0, 0, 0, 0, 7} +
         Bytes{static_cast<std::uint8_t>(fragment >> 8U), static_cast<std::uint8_t>(fragment)} +
         Bytes{64, protocol} + Bytes(10, 1) + payload;
}

Bytes ipv6(std::uint8_t next, const Bytes& payload) {
  return Bytes{0x60, 0, 0, 0, 0, 0, next, 64} + Bytes(32, 0x20) + payload;
}

// Of 16 bytes.
Bytes extension_header(std::uint8_t next) { return Bytes{next, 1} + Bytes(14, 0); }

Bytes fragment_header(std::uint8_t place) { return {kTcp, 0, 0, place, 0, 0, 0, 7}; }

Bytes ethernet(std::uint16_t type, const Bytes& packet, const Bytes& tags = {}) {
  return Bytes(kAddressBytes, 2) + tags +
         Bytes{static_cast<std::uint8_t>(type >> 8U), static_cast<std::uint8_t>(type)} + packet;
}

// So many of them: the kernel takes the outermost out of the bytes.
Bytes tags(std::size_t count) {
  const Bytes inner{0x81, 0x00, 0, 5};
  const Bytes outer{0x88, 0xA8, 0, 7};
  Bytes bytes;
  for (; count > 0; --count) bytes = bytes + (count == 1 ? inner : outer);
  return bytes;
}

// A ring with the program; each frame has a number where its sender's address would be.
class TcpWatchProgramTest : public testing::Test {
 protected:
  TcpWatchProgramTest() {
    ring_.attach_filter(filter::tcp_flags_program(filter::FirstHeader::kEthernet, watched_flags()));
  }
  void send_unwanted(Bytes frame) {
    frame[kNumberOffset] = static_cast<std::uint8_t>(sent_ >> 8U);
    frame[kNumberOffset + 1] = static_cast<std::uint8_t>(sent_);
    ++sent_;
    socket_.send(frame);
  }
  // The ring is to have its first `stored_bytes`.
  void send_wanted(const Bytes& frame, std::size_t stored_bytes) {
    expected_.emplace(sent_, stored_bytes);
    send_unwanted(frame);
  }
  // A segment with these flags, in an IPv4 packet and in an IPv6 packet.
  void send_segments(std::uint8_t flags, std::size_t tag_count, bool wanted) {
    const std::size_t link_bytes = kEthernetBytes + (tag_count > 0 ? tag_count - 1 : 0) * kTagBytes;
    const Bytes four = ethernet(kIpv4, ipv4(tcp(flags)), tags(tag_count));
    const Bytes six = ethernet(kIpv6, ipv6(kTcp, tcp(flags)), tags(tag_count));
    if (!wanted) {
      send_unwanted(four);
      return send_unwanted(six);
    }
    send_wanted(four, link_bytes + kIpv4Bytes + kTcpBytes);
    send_wanted(six, link_bytes + kIpv6Bytes + kTcpBytes);
  }
  // Exactly what was to be stored, and the kernel counts nothing besides.
  void expect_stored() {
    // Packets of one sender come in order: behind this one there is none.
    send_wanted(ethernet(kIpv4, ipv4(tcp(packet::kSyn))), kEthernetBytes + kIpv4Bytes + kTcpBytes);
    std::map<std::size_t, std::size_t> found;
    while (!found.contains(sent_ - 1)) {
      ring::BlockLease lease = tests::take_within(ring_, 5000ms);
      ASSERT_TRUE(lease) << found.size() << " found of " << expected_.size();
      ring::FrameCursor frames = lease.frames();
      while (const auto frame = frames.next()) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(frame->data.data());
        const std::size_t number = bytes[kNumberOffset] * 256U + bytes[kNumberOffset + 1];
        found.emplace(number, frame->data.size());
      }
    }
    EXPECT_EQ(found, expected_);
    EXPECT_EQ(ring_.read_statistics().packets, expected_.size());
  }

  VethLink link_;
  ring::RxRing ring_ = tests::open_bound_ring(link_.peer());
  FrameSocket socket_{link_.name()};
  std::map<std::size_t, std::size_t> expected_;  // bytes by number
  std::size_t sent_ = 0;
};

TEST_F(TcpWatchProgramTest, TakesSegmentsWithOneOfTheFlagsUpToTheEndOfTheirHeader) {
  for (unsigned flags = 0; flags < 256; ++flags)
    send_segments(static_cast<std::uint8_t>(flags), 0, (flags & watched_flags()) != 0);
  expect_stored();
}

TEST_F(TcpWatchProgramTest, LooksBehindTheTagThatTheKernelHasTakenOutAndSoManyMore) {
  for (std::size_t count = 1; count <= filter::kMaxTags + 2; ++count) {
    for (const std::uint8_t flags : {packet::kSyn, packet::kFin, packet::kRst})
      send_segments(flags, count, count <= filter::kMaxTags + 1);
    send_segments(packet::kAck, count, false);
  }
  expect_stored();
}

TEST_F(TcpWatchProgramTest, LooksBehindTheExtensionHeadersThatItKnowsAndSoManyOfThem) {
  for (const std::uint8_t first : {kHopByHop, kRouting, kDestinationOptions}) {
    Bytes headers = extension_header(kTcp);
    for (std::size_t count = 1; count <= filter::kMaxExtensionHeaders + 1; ++count) {
      const Bytes syn = ethernet(kIpv6, ipv6(first, headers + tcp(packet::kSyn)));
      if (count <= filter::kMaxExtensionHeaders)
        send_wanted(syn, kEthernetBytes + kIpv6Bytes + headers.size() + kTcpBytes);
      else
        send_unwanted(syn);
      send_unwanted(ethernet(kIpv6, ipv6(first, headers + tcp(packet::kAck))));
      headers = extension_header(first) + headers;
    }
  }
  for (const std::uint8_t other : {kAuthentication, kEncapsulatingSecurity})
    send_unwanted(ethernet(kIpv6, ipv6(other, extension_header(kTcp) + tcp(packet::kSyn))));
  expect_stored();
}

TEST_F(TcpWatchProgramTest, TakesOfFragmentsTheFirst) {
  for (const bool first : {true, false}) {
    const Bytes four =
        ethernet(kIpv4, ipv4(tcp(packet::kSyn), kTcp, first ? kMoreFragments : kLaterFragment));
    const Bytes six =
        ethernet(kIpv6, ipv6(kFragment, fragment_header(first ? 1 : 8) + tcp(packet::kSyn)));
    if (first) {
      send_wanted(four, kEthernetBytes + kIpv4Bytes + kTcpBytes);
      send_wanted(six, kEthernetBytes + kIpv6Bytes + kFragmentHeaderBytes + kTcpBytes);
    } else {
      send_unwanted(four);
      send_unwanted(six);
    }
  }
  expect_stored();
}

TEST_F(TcpWatchProgramTest, LeavesWhatIsNotTcp) {
  send_unwanted(ethernet(kIpv4, ipv4(tcp(packet::kSyn), kUdp)));
  send_unwanted(ethernet(kIpv6, ipv6(kUdp, tcp(packet::kSyn))));
  send_unwanted(ethernet(kArp, ipv4(tcp(packet::kSyn))));
  expect_stored();
}

WatchOptions watch_of(const std::string& interface, std::vector<unsigned> cpus) {
  const auto program = [](int) {
    return filter::tcp_flags_program(filter::FirstHeader::kEthernet, watched_flags());
  };
  return {.interface = {.name = interface, .filter_for = program}, .cpus = std::move(cpus)};
}

class TcpWatchTest : public EngineTest {
 protected:
  void wait_for_problem(const std::string& problem) {
    run_until([&] { return engine_->snapshot().tcp_watch.at(0).problem == problem; });
  }
  [[nodiscard]] std::uint64_t counted() const {
    return cell(engine_->snapshot().tcp_watch.at(0).figures, TcpDirection::kIn, TcpKind::kSyn)
        .total;
  }
};

TEST_F(TcpWatchTest, CountsOnWhenItsInterfaceWasDeletedAndMadeAnewAndLosesNothingInBetween) {
  VethLink link;
  start({capture_on(link.peer())}, {watch_of(link.peer(), {0, 1})});
  std::uint64_t sent = 0;
  for (int round = 0; round < 3; ++round) {
    FrameSocket socket(link.name());
    for (std::uint16_t flow = 0; flow < 1000; ++flow, ++sent) {
      Bytes syn = ethernet(kIpv4, ipv4(tcp(packet::kSyn)));
      syn[kEthernetBytes + kIpv4Bytes] = static_cast<std::uint8_t>(flow);  // of its source port
      socket.send(syn);
    }
    link.remove();
    wait_for_problem("there is no such interface");
    link.create();
    wait_for_problem("");
  }
  FrameSocket(link.name()).send(ethernet(kIpv4, ipv4(tcp(packet::kSyn))));
  run_until([&] { return counted() >= sent + 1; });
  drain();
  EXPECT_EQ(counted(), sent + 1);
  EXPECT_EQ(engine_->snapshot().tcp_watch.at(0).dropped_packets, 0U);
}

}  // namespace
}  // namespace ringtail::capture
