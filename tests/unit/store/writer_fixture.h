#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <list>
#include <vector>

#include "base/byte_size.h"
#include "pcapfile/file_header.h"
#include "pcapfile/in_place_encoder.h"
#include "pcapfile/pcap_format.h"
#include "ring/block_layout.h"
#include "ring/block_lease.h"
#include "store/rotating_writer.h"
#include "support/crafted_block.h"
#include "unit/store/fake_disk.h"

namespace ringtail::store {

using support::CraftedBlock;
using Writer = RotatingWriter<FakeSink>;
using Room = Writer::Room;

using base::kMiB;

// A writer whose disk, disk thread and clocks are the test's.
class RotatingWriterTest : public testing::Test {
 protected:
  explicit RotatingWriterTest(std::chrono::nanoseconds interval = {},
                              pcapfile::Format format = pcapfile::Format::kPcap)
      : shape_{.snaplen = 262144, .format = format},
        writer_({.interval = interval,
                 .file_header = pcapfile::file_header(shape_, pcapfile::kLinktypeEthernet)},
                sink_, [this] { return counts_; }) {
    supply_.max_file_bytes = 2 * kMiB;
    writer_.connect(supply_);
  }

  // A block of so many packets of this size, written if there is room for it.
  Room write(std::size_t packets, std::size_t bytes) {
    CraftedBlock& block = blocks_.emplace_back();
    for (std::size_t i = 0; i < packets; ++i) {
      block.add(
          {.bytes = std::vector<std::uint8_t>(bytes, static_cast<std::uint8_t>(++last_packet_)),
           .seconds = static_cast<std::uint32_t>(packet_time_.time_since_epoch() / kSecond),
           .nanoseconds =
               static_cast<std::uint32_t>((packet_time_.time_since_epoch() % kSecond).count())});
    }
    block.retire();
    ring::BlockLease lease = ring::BlockLease::try_acquire(block.data());
    const Room room = writer_.make_room(lease.encoded_bound_bytes(), packet_time_, now_);
    if (room != Room::kReady) return room;
    const std::size_t carry = writer_.begin_run(lease.run());
    ring::FrameCursor frames = lease.frames();
    const auto encoded =
        pcapfile::encode_in_place<ring::kBytesBeforeData>(frames, lease.run(), carry, shape_);
    const auto run = lease.run();
    writer_.commit(std::move(lease), run, encoded, now_);
    return room;
  }
  void settle() { writer_.settle(); }
  void deliver() { supply_.deliver_file(writer_); }

  // Until nothing is left that can be: a file's last write is its carry.
  void complete_everything() {
    settle();
    while (disk_.pending() > 0) {
      disk_.complete_all();
      settle();
    }
  }

  static constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds(1);
  static constexpr std::uint64_t kHeader = pcapfile::kFileHeaderBytes;

  pcapfile::RecordShape shape_;
  std::list<CraftedBlock> blocks_;  // outlive the leases that are in flight at the end
  FakeDisk disk_;
  FakeSink sink_{disk_};
  FakeSupply supply_;
  std::uint32_t last_packet_ = 0;
  Writer::Clock::time_point now_{std::chrono::hours(1)};
  PacketTime packet_time_{std::chrono::seconds(1'700'000'000)};
  RingCounts counts_;
  Writer writer_;
};

}  // namespace ringtail::store
