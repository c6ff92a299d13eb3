#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "capture/recorder.h"
#include "kernel/accept_all.h"
#include "kernel/bound_ring.h"
#include "kernel/waiting.h"
#include "pcapfile/pcap_format.h"
#include "ring/rx_ring.h"
#include "store/open_file.h"
#include "store/uring_sink.h"
#include "support/capture_file.h"
#include "support/frame_sender.h"
#include "support/numbered_frame_decoder.h"
#include "support/temp_folder.h"
#include "support/veth_link.h"

// A disk that takes far longer than the link needs to fill the ring: what the ring cannot hold the
// kernel counts, and nothing else is lost.
namespace ringtail::capture {
namespace {

using support::FrameSender;
using support::VethLink;
using namespace std::chrono_literals;

// Each write takes this much longer.
class SlowSink {
 public:
  using Lease = ring::BlockLease;
  explicit SlowSink(std::chrono::milliseconds delay) : delay_(delay) {}
  [[nodiscard]] static constexpr std::uint32_t capacity() { return 1; }
  [[nodiscard]] bool has_room() const { return sink_.has_room(); }
  void submit(store::WriteRequest<Lease> request) {
    std::this_thread::sleep_for(delay_);  // the disk under test, not a wait of the test
    sink_.submit(std::move(request));
  }
  [[nodiscard]] std::optional<store::WriteCompletion<Lease>> next_completion() {
    return sink_.next_completion();
  }
  [[nodiscard]] static std::optional<std::chrono::steady_clock::time_point> oldest_in_flight() {
    return std::nullopt;
  }
  void use_memory(std::span<std::byte>) {}

 private:
  std::chrono::milliseconds delay_;
  store::UringSink<Lease> sink_;
};

// One file of any size, made at once.
class OneFile : public store::FileSupply {
 public:
  explicit OneFile(const std::string& path) : path_(path) {}
  void request_file() override {}
  void begin_file(std::shared_ptr<store::OpenFile>, store::PacketTime) override {}
  void grow_file(std::shared_ptr<store::OpenFile>) override {}
  void finish_file(std::shared_ptr<store::OpenFile> file, store::FinishedFile finished) override {
    ASSERT_EQ(::ftruncate(file->fd.get(), static_cast<off_t>(finished.size_bytes)), 0);
  }
  void deliver(store::FileCustomer& customer) const {
    auto file = std::make_shared<store::OpenFile>();
    file->fd =
        base::UniqueFd(::open(path_.c_str(), O_CREAT | O_WRONLY | O_DIRECT | O_CLOEXEC, 0600));
    file->max_bytes = 1ULL << 40;
    file->carry = base::Mapping::anonymous(4096, "a carry");
    ASSERT_TRUE(file->fd) << "the test folder takes no direct writes";
    customer.file_ready(std::move(file), 1ULL << 40);
  }

 private:
  std::string path_;
};

TEST(SlowDisk, LosesOnlyWhatTheRingCannotHoldAndCountsIt) {
  const support::TempFolder folder;
  const VethLink link;
  ring::RxRing ring = tests::open_bound_ring(link.peer());
  ring.attach_filter(tests::kAcceptAll);
  const std::string path = folder.path() / "slow.pcap";
  OneFile supply(path);
  using SlowRecorder = Recorder<ring::RxRing, SlowSink>;
  SlowRecorder recorder(SlowSink(30ms), {});
  recorder.use_source(ring, {.snaplen = 262144}, pcapfile::kLinktypeEthernet);
  recorder.writer().connect(supply);
  supply.deliver(recorder.writer());

  constexpr std::uint64_t kSent = 100'000;  // 150 MB; the disk does 33 MB/s
  std::thread sending(
      [&link] { FrameSender(link.name(), {.smallest = 1514, .largest = 1514}).send_all(kSent); });
  WorkerClock clock;
  std::uint64_t received = 0;
  std::uint64_t ring_full = 0;
  const auto read_statistics = [&] {
    const auto statistics = ring.read_statistics();
    received += statistics.packets;
    ring_full += statistics.drops;
  };
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (ring_full == 0) {  // however slow the sender is, the disk is slower at first
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    read_statistics();
  }
  while (received < kSent) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    (void)recorder.turn(clock);
    read_statistics();
  }
  sending.join();
  ring.reject_all();
  recorder.drain(received - ring_full);
  while (!recorder.drained()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    (void)recorder.turn(clock);
  }
  read_statistics();

  EXPECT_EQ(received, kSent);
  EXPECT_GT(ring_full, 0U);
  EXPECT_EQ(recorder.counters().written_packets + ring_full, kSent);
  EXPECT_EQ(recorder.counters().malformed_packets, 0U);
  support::CaptureFile file(path);
  std::uint64_t on_disk = 0;
  while (const auto record = file.next()) {
    EXPECT_EQ(record->bytes.size(), 1514U);
    ++on_disk;
  }
  EXPECT_EQ(on_disk, recorder.counters().written_packets.load());
  EXPECT_GT(clock.read().spent[1], clock.read().spent[0])
      << "the time went into waiting for the disk";
}

}  // namespace
}  // namespace ringtail::capture
