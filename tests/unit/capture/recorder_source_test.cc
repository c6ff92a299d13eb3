#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "capture/recorder.h"
#include "pcapfile/pcap_format.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"

namespace ringtail::capture {
namespace {

constexpr std::uint32_t kLinktypeRaw = 101;
constexpr pcapfile::RecordShape kEthernet{.snaplen = 262144};
constexpr pcapfile::RecordShape kOther{.link_header = pcapfile::LinkHeader::kOther,
                                       .snaplen = 262144};

// A recorder whose ring is replaced by another.
struct SourceBench {
  SourceBench() {
    recorder.use_source(first, kEthernet, pcapfile::kLinktypeEthernet);
    recorder.writer().connect(supply);
    supply.deliver_file(recorder.writer());
  }
  void fill(FakeRing& ring, std::uint32_t packets) { ASSERT_TRUE(ring.fill(random, packets, 100)); }
  void turn() {
    (void)recorder.turn(clock);
    if (supply.requested > 0) supply.deliver_file(recorder.writer());
  }
  void turn_and_write() {
    turn();
    disk.complete_all();
    turn();
  }
  void drain() {
    recorder.drain(first.accepted() + second.accepted());
    for (int rounds = 0; !recorder.drained(); ++rounds) {
      ASSERT_LT(rounds, 100) << "the drain does not end";
      turn_and_write();
    }
  }
  // Of each file that holds packets.
  struct File {
    std::uint32_t linktype = 0;
    std::uint64_t packets = 0;
    bool operator==(const File&) const = default;
  };
  [[nodiscard]] std::vector<File> files() {
    std::vector<File> files;
    for (const auto& finished : supply.finished) {
      if (finished.as.packets == 0) continue;
      File file{.packets = finished.as.packets};
      const auto image = disk.contents(finished.file.get(), finished.as.size_bytes);
      std::memcpy(&file.linktype, image.data() + 20, sizeof file.linktype);
      EXPECT_EQ(finished.as.linktype, file.linktype) << "for its sidecar";
      files.push_back(file);
    }
    return files;
  }

  std::mt19937 random{1};
  FakeRing first{8};
  FakeRing second{8};
  store::FakeDisk disk;
  store::FakeSupply supply;
  WorkerClock clock;
  Recorder<FakeRing, store::FakeSink> recorder{store::FakeSink(disk), {}};
};

TEST(RecorderSource, IsKeptUntilAllThatItAcceptedIsTaken) {
  SourceBench bench;
  bench.fill(bench.first, 10);
  bench.recorder.release_source(20);
  bench.turn_and_write();
  EXPECT_FALSE(bench.recorder.has_released()) << "the kernel has yet to retire the last block";
  bench.fill(bench.first, 10);
  bench.turn_and_write();
  EXPECT_TRUE(bench.recorder.has_released());
}

TEST(RecorderSource, IsKeptWhileAWriteFromItsMemoryIsInFlight) {
  SourceBench bench;
  bench.fill(bench.first, 1000);
  bench.recorder.release_source(1000);
  bench.turn();
  ASSERT_EQ(bench.disk.pending(), 1U);
  EXPECT_FALSE(bench.recorder.has_released());
  bench.disk.complete_all();
  bench.turn();
  EXPECT_TRUE(bench.recorder.has_released());
}

TEST(RecorderSource, IsLetGoOfWithoutADiskWhenTimeIsUp) {
  SourceBench bench;
  bench.fill(bench.first, 1000);
  bench.fill(bench.first, 1000);
  bench.recorder.release_source(2000);
  bench.turn();
  ASSERT_EQ(bench.disk.pending(), 1U);
  bench.recorder.abandon();
  bench.turn();
  EXPECT_FALSE(bench.recorder.has_released()) << "the write still reads the ring's memory";
  bench.disk.complete_all();
  bench.turn();
  EXPECT_TRUE(bench.recorder.has_released());
}

TEST(RecorderSource, OfTheSameLinktypeGoesOnInTheSameFile) {
  SourceBench bench;
  bench.fill(bench.first, 10);
  bench.recorder.release_source(10);
  bench.turn_and_write();
  bench.recorder.use_source(bench.second, kEthernet, pcapfile::kLinktypeEthernet);
  bench.fill(bench.second, 20);
  bench.drain();
  EXPECT_EQ(bench.files(), (std::vector<SourceBench::File>{{pcapfile::kLinktypeEthernet, 30}}));
  EXPECT_EQ(bench.recorder.counters().written_packets, 30U);
}

TEST(RecorderSource, OfAnotherLinktypeHasFilesOfItsOwn) {
  SourceBench bench;
  bench.fill(bench.first, 10);
  bench.recorder.release_source(10);
  bench.turn_and_write();
  bench.recorder.use_source(bench.second, kOther, kLinktypeRaw);
  bench.fill(bench.second, 20);
  bench.drain();
  EXPECT_EQ(bench.files(), (std::vector<SourceBench::File>{{pcapfile::kLinktypeEthernet, 10},
                                                           {kLinktypeRaw, 20}}));
  EXPECT_EQ(bench.recorder.counters().written_packets, 30U);
}

TEST(RecorderSource, ThatIsMissingDoesNotKeepADrainFromItsEnd) {
  SourceBench bench;
  bench.fill(bench.first, 10);
  bench.recorder.release_source(10);
  bench.turn_and_write();
  ASSERT_TRUE(bench.recorder.has_released());
  bench.drain();
  EXPECT_EQ(bench.recorder.counters().written_packets, 10U);
}

}  // namespace
}  // namespace ringtail::capture
