#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <vector>

#include "filter/cooked.h"
#include "filter/direction.h"
#include "kernel/engine_fixture.h"
#include "support/frame_socket.h"
#include "support/veth_link.h"

namespace ringtail::capture {
namespace {

using support::VethLink;

constexpr std::uint32_t kSll2 = 276;
constexpr std::size_t kSll2Bytes = 20;
constexpr int kPacketOutgoing = 4;  // PACKET_OUTGOING of packet(7)

InterfaceOptions everything_on_any() {
  return {.name = "any", .filter_for = [](int) {
            return with_direction(filter::for_cooked_socket(accept_all()), filter::Direction::kBoth,
                                  filter::Loopback::kSome);
          }};
}

class EngineInterfacesTest : public EngineTest {
 protected:
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> records_on_disk() const {
    std::vector<std::vector<std::uint8_t>> records;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "data")) {
      if (entry.path().extension() != ".pcap") continue;
      support::CaptureFile file(entry.path());
      EXPECT_EQ(file.linktype(), linktype_);
      while (const auto record = file.next())
        records.emplace_back(record->bytes.begin(), record->bytes.end());
    }
    return records;
  }

  std::uint32_t linktype_ = 1;
};

TEST_F(EngineInterfacesTest, OneCaptureRecordsSeveralOfThemEachInFilesOfItsOwn) {
  const VethLink first("veth0", "veth1");
  const VethLink second("veth2", "veth3");
  CaptureOptions capture = capture_on(first.peer(), "both", {0, 1});
  capture.interfaces.push_back(everything_on(second.peer()));
  Engine& engine = start({capture});
  send_all(first.name(), 100, {.source_ports = 64});
  send_all(second.name(), 200, {.source_ports = 64});
  drain();
  std::map<std::string, std::uint64_t> written;
  for (const RecorderSnapshot& recorder : engine.snapshot().recorders)
    written[recorder.interface] += recorder.written_packets;
  EXPECT_EQ(written, (std::map<std::string, std::uint64_t>{{"veth1", 100}, {"veth3", 200}}));
  for (const auto& entry : fs::directory_iterator(folder_.path() / "data" / "both")) {
    const bool named = entry.path().string().find("_veth1_w") != std::string::npos ||
                       entry.path().string().find("_veth3_w") != std::string::npos;
    EXPECT_TRUE(named) << entry.path();
  }
}

// Through the network stack, as what FrameSocket sends is not seen as outgoing.
void send_datagram_to_self() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in self{};
  self.sin_family = AF_INET;
  self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof self;
  auto* address = reinterpret_cast<sockaddr*>(&self);
  ASSERT_EQ(::bind(socket, address, size), 0);
  ASSERT_EQ(::getsockname(socket, address, &size), 0);
  ASSERT_EQ(::sendto(socket, "hello", 5, 0, address, size), 5);
  ::close(socket);
}

TEST_F(EngineInterfacesTest, AnyRecordsAllOfThemCookedAndLoopbackOnce) {
  const VethLink link;
  support::bring_loopback_up();
  linktype_ = kSll2;
  CaptureOptions capture = capture_on("any", "all", {0, 1});
  capture.interfaces = {everything_on_any()};
  start({capture});
  std::vector<std::uint8_t> frame(60, 7);
  frame[12] = 0x08;
  frame[13] = 0x06;
  support::FrameSocket(link.name()).send(frame);
  send_datagram_to_self();
  drain();
  const std::size_t payload_bytes = frame.size() - 14;
  int arp_packets = 0;
  int datagrams = 0;
  for (const auto& record : records_on_disk()) {
    ASSERT_GT(record.size(), kSll2Bytes);
    const int protocol = record[0] << 8 | record[1];
    const auto* payload = record.data() + kSll2Bytes;
    if (protocol == 0x0806) {
      ++arp_packets;
      ASSERT_EQ(record.size(), kSll2Bytes + payload_bytes);
      EXPECT_EQ(std::memcmp(payload, frame.data() + 14, payload_bytes), 0);
    } else {
      ++datagrams;
      EXPECT_EQ(protocol, 0x0800);
      EXPECT_EQ(record.size(), kSll2Bytes + 20 + 8 + 5);
      EXPECT_NE(record[10], kPacketOutgoing);
    }
  }
  EXPECT_EQ(arp_packets, 1);
  EXPECT_EQ(datagrams, 1);
}

TEST_F(EngineInterfacesTest, EveryFanoutGivesEachPacketToOneWorker) {
  const VethLink link;
  for (const ring::FanoutMode mode :
       {ring::FanoutMode::kHash, ring::FanoutMode::kCpu, ring::FanoutMode::kQueue}) {
    CaptureOptions capture = capture_on(link.peer(), "shared", {0, 1});
    capture.fanout = mode;
    start({capture});
    send_all(link.name(), 5000, {.source_ports = 64});
    drain();
    EXPECT_EQ(packets_on_disk(), 5000U);
    engine_.reset();
    fs::remove_all(folder_.path() / "data");
  }
}

TEST_F(EngineInterfacesTest, AGroupThatWasJoinedWhileTheLinkWasDownSharesItsPacketsOnceItIsUp) {
  VethLink link;
  link.bring_down();
  Engine& engine = start({capture_on(link.peer(), "all", {0, 1})});
  run_until([&] { return !engine.snapshot().recorders[0].recording(); });
  link.bring_up();
  run_until([&] { return engine.snapshot().recorders[0].recording(); });
  send_all(link.name(), 1000, {.source_ports = 64});
  drain();
  EXPECT_EQ(packets_on_disk(), 1000U);
  for (const RecorderSnapshot& recorder : engine.snapshot().recorders)
    EXPECT_GT(recorder.written_packets, 0U) << "worker " << recorder.worker;
}

TEST_F(EngineInterfacesTest, SixteenCapturesOfOneLinkRecordEverythingEach) {
  const VethLink link;
  std::vector<CaptureOptions> captures;
  captures.reserve(16);
  for (int i = 0; i < 16; ++i)
    captures.push_back(capture_on(link.peer(), "c" + std::to_string(i), {0, 1}));
  Engine& engine = start(captures);
  send_all(link.name(), 2000, {.source_ports = 64});
  drain();
  EXPECT_EQ(engine.snapshot().workers.size(), 2U) << "one thread a CPU, whatever it serves";
  EXPECT_EQ(packets_on_disk(), 16 * 2000U);
}

}  // namespace
}  // namespace ringtail::capture
