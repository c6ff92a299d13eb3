#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/encoded_record.h"
#include "pcapfile/encoded_run.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// Counts the records of a run while they are put one behind the other. Keeps as little for each as
// it can, as all of it has to stay in registers: their times are read from them afterwards.
class RunBuilder {
 public:
  explicit RunBuilder(std::size_t carry_bytes)
      : carry_bytes_(carry_bytes), end_(carry_bytes), whole_end_(carry_bytes) {}

  [[nodiscard]] std::size_t end() const { return end_; }  // where the next one goes
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

  // One more record, which lies at end().
  void append(std::size_t record_bytes, std::uint32_t packet_wire_bytes) {
    const std::size_t begin = end_;
    end_ += record_bytes;
    wire_bytes_ += packet_wire_bytes;
    // A record that enters a new page leaves its predecessor's end as the last one below that page
    // (its own, if it fills the page to the last byte).
    if (end_ / kPageBytes != begin / kPageBytes) {
      const bool fills_page = end_ % kPageBytes == 0;
      whole_end_ = fills_page ? end_ : begin;
      whole_packets_ = packets_ + (fills_page ? 1 : 0);
      whole_last_ = fills_page ? begin : last_;
    }
    last_ = begin;
    ++packets_;
  }

  // `memory` is what the records were put into. Inlined: called, it would have all of this lie in
  // memory while they are put there.
  [[nodiscard, gnu::always_inline]] inline EncodedRun run(std::span<const std::byte> memory,
                                                          Format format,
                                                          Precision precision) const {
    const auto time_at = [&](std::size_t offset) {
      return read_record(memory.data() + offset, format, precision).time;
    };
    EncodedRun run{.end = end_,
                   .packets = packets_,
                   .whole_end = whole_end_,
                   .whole_packets = whole_packets_,
                   .wire_bytes = wire_bytes_};
    if (packets_ > 0) {
      run.first = time_at(carry_bytes_);
      run.last = time_at(last_);
    }
    if (whole_packets_ > 0) run.whole_last = time_at(whole_last_);
    return run;
  }

 private:
  std::size_t carry_bytes_;
  std::size_t end_;
  std::size_t last_ = 0;  // where the last record begins
  std::uint64_t packets_ = 0;
  std::size_t whole_end_;
  std::size_t whole_last_ = 0;
  std::uint64_t whole_packets_ = 0;
  std::uint64_t wire_bytes_ = 0;
};

}  // namespace ringtail::pcapfile
