#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "support/number_set.h"

namespace ringtail::support {

// The numbers that a test sent, both included.
struct NumberRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// What a set of capture files holds, counted file by file. One thread.
class CaptureTotals {
 public:
  // Times within one file may step back by `tolerance`: packets of several CPUs share a ring.
  explicit CaptureTotals(std::chrono::nanoseconds tolerance) : tolerance_(tolerance) {}

  // Throws what CaptureFile throws; what came before the fault is counted.
  void add_file(const std::string& path);

  // "key=value" lines. `missing` counts within `expected`, or else between the first and the last
  // number seen; `unexpected` are numbers outside of it.
  void print(std::ostream& out, std::optional<NumberRange> expected) const;
  // "missing_range=FIRST-LAST" lines, one a gap.
  void print_gaps(std::ostream& out, std::optional<NumberRange> expected) const;

 private:
  [[nodiscard]] std::optional<NumberRange> range(std::optional<NumberRange> expected) const;

  std::chrono::nanoseconds tolerance_;
  NumberSet numbers_;
  std::uint64_t files_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t captured_bytes_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t truncated_ = 0;
  std::uint64_t corrupt_ = 0;
  std::uint64_t foreign_ = 0;
};

}  // namespace ringtail::support
