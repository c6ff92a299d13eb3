#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/file_name.h"
#include "store/ring_counts.h"

namespace ringtail::store {

// What is written down beside a closed file: what is in it, and what is missing from it. The text
// is one line of JSON (JSON because whoever collects the files has a reader of it at hand):
//
//   {"version":1,"origin":"recorded","capture":"web","interface":"eth0","worker":0,"linktype":1,
//    "first":"1700000000.000000001","last":"1700000060.123456789","packets":9,"bytes":700,
//    "received":11,"dropped":{"ring_full":2,"storage_full":0,...}}
//
// Times are seconds since 1970 as text, because a JSON number is a double to most readers and loses
// the nanoseconds. `first` and `last` are those of the first and the last record; between CPUs the
// kernel may put records out of order by a little. `interface` and `capture` are base::escaped().
//
// `received` and `dropped` are those of the file's window, which begins where that of the worker's
// file before ended, so that windows have no gaps: their sums over a run's files are the totals of
// that run (but for what is lost when no file follows any more). The kernel's own two numbers,
// `received` and `ring_full`, are asked for once a second, so that they may be told with the next
// file. Both are absent where nobody knows them: `origin` then is
// - "recovered": the file was finished after the Ringtail that wrote it had been killed, or
// - "rebuilt": the file is whole, but its sidecar was missing or damaged.
//
// A reader ignores keys that it does not know, and the whole text if `version` is another.
struct Sidecar {
  enum class Origin { kRecorded, kRecovered, kRebuilt };
  static constexpr std::uint64_t kVersion = 1;

  Origin origin = Origin::kRecorded;
  std::string capture;
  std::string interface;
  unsigned worker = 0;
  std::uint32_t linktype = 0;
  PacketTime first;
  PacketTime last;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;           // of the file
  std::optional<RingCounts> window;  // if kRecorded

  bool operator==(const Sidecar&) const = default;
};

[[nodiscard]] std::string to_text(const Sidecar& sidecar);

// What a text turned out to be, which may be anything. `sidecar` is set if it is of our version.
struct SidecarText {
  enum class Kind { kSidecar, kOtherVersion, kDamaged };
  Kind kind = Kind::kDamaged;
  std::optional<Sidecar> sidecar;
};
[[nodiscard]] SidecarText parse_sidecar(std::string_view text);

}  // namespace ringtail::store
