#include "unit/capture/recorder_bench.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>

#include "support/capture_file.h"
#include "support/temp_folder.h"

namespace ringtail::capture {

std::vector<std::uint64_t> numbers_on_disk(RecorderBench& bench) {
  const support::TempFolder folder;
  std::vector<std::uint64_t> numbers;
  // A later file may be through before an earlier one.
  auto files = bench.supply.finished;
  std::ranges::sort(files, {}, &store::FakeSupply::Finished::start);
  for (const store::FakeSupply::Finished& finished : files) {
    if (finished.as.size_bytes == 0) {
      EXPECT_EQ(finished.as.packets, 0U);
      continue;
    }
    const auto image = bench.disk.contents(finished.file.get(), finished.as.size_bytes);
    const std::string path = folder.path() / "file.pcap";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    support::CaptureFile file(path);
    std::uint64_t packets = 0;
    while (const auto record = file.next()) {
      std::uint64_t number = 0;
      std::memcpy(&number, record->bytes.data(), sizeof number);
      for (std::size_t at = 8; at < record->bytes.size(); ++at) {
        EXPECT_EQ(record->bytes[at], static_cast<std::uint8_t>(number)) << "packet " << number;
      }
      const auto time = FakeRing::time_of(number);
      EXPECT_EQ(record->time_ns, time.count());
      if (packets == 0) {
        EXPECT_EQ(finished.start, store::PacketTime(time));
      }
      numbers.push_back(number);
      ++packets;
    }
    EXPECT_EQ(packets, finished.as.packets);
  }
  return numbers;
}

bool strictly_increasing(const std::vector<std::uint64_t>& numbers) {
  return std::ranges::adjacent_find(numbers, std::greater_equal{}) == numbers.end();
}

void check_everything(RecorderBench& bench) {
  const auto numbers = numbers_on_disk(bench);
  EXPECT_TRUE(strictly_increasing(numbers));
  EXPECT_EQ(numbers.size(), bench.recorder.counters().written_packets.load());
  EXPECT_EQ(bench.accounted(), bench.ring.accepted());
  EXPECT_TRUE(bench.ring.all_returned());
  std::uint64_t bytes = 0;
  for (const auto& finished : bench.supply.finished) bytes += finished.as.size_bytes;
  EXPECT_EQ(bytes, bench.recorder.counters().written_bytes.load());
}

}  // namespace ringtail::capture
