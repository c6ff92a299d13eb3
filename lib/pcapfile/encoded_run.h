#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtail::pcapfile {

// Runs are written in whole pages of this size; what does not fill one is carried on.
inline constexpr std::size_t kPageBytes = 4096;

// When a packet came, as exactly as its record says it.
struct RecordTime {
  std::uint32_t seconds = 0;
  std::uint32_t nanoseconds = 0;

  [[nodiscard]] std::chrono::sys_time<std::chrono::nanoseconds> time() const {
    return std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(seconds) +
                                                           std::chrono::nanoseconds(nanoseconds));
  }
  bool operator==(const RecordTime&) const = default;
};

// The packets of one block as one contiguous run of records, which begins behind the bytes that the
// last one left over. All offsets count from the run's begin. Made by RunBuilder.
struct EncodedRun {
  std::size_t end = 0;        // of the last record
  std::uint64_t packets = 0;  // encoded
  // The last record that ends at or before the last whole page: what is on disk as soon as the
  // run's whole pages are.
  std::size_t whole_end = 0;
  std::uint64_t whole_packets = 0;
  std::uint64_t wire_bytes = 0;  // of these packets, as they were on the link
  RecordTime first = {};         // of the first packet, if there is one
  RecordTime last = {};
  RecordTime whole_last = {};  // of the last of the whole_packets
};

}  // namespace ringtail::pcapfile
