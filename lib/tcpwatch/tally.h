#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "tcpwatch/kind.h"
#include "tcpwatch/moment.h"

namespace ringtail::tcpwatch {

using Counts = Table<std::uint64_t>;

// What one worker has counted: in total, and in each second of the last minute, by the packets'
// time. Fixed memory, no lock: one thread writes (begin, count and publish), any other reads.
//
// A second belongs to the last minute by the host's clock. When that is set back, seconds come
// again: what was counted in one of these before is forgotten, if the step was over two seconds.
// Packets whose time is not of the last minute count in the totals alone.
class Tally {
 public:
  static constexpr std::int64_t kSeconds = 64;  // those of a minute, and what is still coming in

  // Before packets are counted, and now and then while they are.
  void begin(const Moment& now) { now_ = now; }
  void count(std::uint8_t tcp_flags, Direction direction, std::int64_t second);
  // What has been counted since becomes visible.
  void publish();

  [[nodiscard]] Counts totals() const;
  // All zeros for a second that is not known.
  [[nodiscard]] Counts in_second(std::int64_t second, const Moment& now) const;

 private:
  static constexpr std::int64_t kNone = -1;

  struct Bucket {
    std::atomic<std::int64_t> second = kNone;
    std::atomic<std::int64_t> opened_at = 0;  // by the steady clock, in nanoseconds
    Table<std::atomic<std::uint64_t>> counts{};
  };
  [[nodiscard]] static std::size_t place_of(std::int64_t second) {
    return static_cast<std::size_t>(second % kSeconds);
  }
  [[nodiscard]] bool is_recent(std::int64_t second) const;
  void open(Bucket& bucket, std::int64_t second) const;

  Moment now_;
  std::int64_t pending_second_ = kNone;
  Counts pending_{};  // of that second, not published yet
  Table<std::atomic<std::uint64_t>> totals_{};
  std::array<Bucket, kSeconds> buckets_;
};

}  // namespace ringtail::tcpwatch
