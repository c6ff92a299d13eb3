#pragma once

#include <chrono>
#include <cstdint>

#include "packet/tcp_flags.h"
#include "tcpwatch/tally.h"

namespace ringtail::tcpwatch {

using namespace std::chrono_literals;

constexpr std::int64_t kStart = 1'700'000'000;

// Two clocks that a test moves.
struct Clocks {
  Moment now{std::chrono::seconds(kStart), 1000s};

  void pass(std::chrono::nanoseconds time) {
    now.wall += time;
    now.steady += time;
  }
  void set_by(std::chrono::nanoseconds step) { now.wall += step; }
};

inline void count_syns(Tally& tally, const Moment& now, std::int64_t second, int packets) {
  tally.begin(now);
  for (int i = 0; i < packets; ++i) tally.count(packet::kSyn, Direction::kIn, second);
  tally.publish();
}

inline std::uint64_t syns_in(const Tally& tally, std::int64_t second, const Moment& now) {
  return cell(tally.in_second(second, now), Direction::kIn, Kind::kSyn);
}

}  // namespace ringtail::tcpwatch
