#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "capture/recorder.h"
#include "pcapfile/pcap_format.h"
#include "unit/capture/fake_ring.h"
#include "unit/store/fake_disk.h"

namespace ringtail::capture {

using TestRecorder = Recorder<FakeRing, store::FakeSink>;

// A recorder with a ring, a disk and a supply of files that do what a test says.
struct RecorderBench {
  explicit RecorderBench(std::size_t blocks, std::uint32_t depth,
                         std::uint64_t max_file_bytes = 4U << 20,
                         const pcapfile::RecordShape& shape = {.snaplen = 262144},
                         std::chrono::nanoseconds interval = {})
      : ring(blocks), recorder(store::FakeSink(disk), {.interval = interval}) {
    disk.capacity = depth;
    supply.max_file_bytes = max_file_bytes;
    recorder.use_source(ring, shape, pcapfile::kLinktypeEthernet);
    recorder.writer().connect(supply);
  }
  TestRecorder::Turn turn() { return recorder.turn(clock); }
  [[nodiscard]] std::uint64_t accounted() const {
    const RecorderCounters& counters = recorder.counters();
    return counters.written_packets + counters.storage_full_packets +
           counters.storage_error_packets + counters.malformed_packets;
  }
  void drain() {
    recorder.drain(ring.accepted());
    for (int rounds = 0; !recorder.drained(); ++rounds) {
      ASSERT_LT(rounds, 10'000) << "the drain does not end";
      (void)turn();
      disk.complete_all();
      if (supply.requested > 0) supply.deliver_file(recorder.writer());
      supply.answer_growth(recorder.writer());
    }
  }

  FakeRing ring;
  store::FakeDisk disk;
  store::FakeSupply supply;
  WorkerClock clock;
  TestRecorder recorder;
};

// The numbers in all finished files, which must read strictly; checks each file's own count.
std::vector<std::uint64_t> numbers_on_disk(RecorderBench& bench);
// Everything that was accepted is on disk once, in order, or counted as lost.
void check_everything(RecorderBench& bench);

[[nodiscard]] bool strictly_increasing(const std::vector<std::uint64_t>& numbers);

}  // namespace ringtail::capture
