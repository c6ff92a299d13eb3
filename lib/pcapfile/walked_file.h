#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// What a walk over a file's records met behind the last whole one.
enum class WalkEnd {
  kNotYet,
  kEndOfFile,   // nothing
  kZeroHeader,  // preallocated space: readers take its zeros for packets of 1970
  kCutShort,    // the file ends within a record, or within its own header
  kBadHeader,   // a record header that no packet of this file can have
  kForeign,     // the file does not begin as ours do, in this machine's byte order
};

// What a walk has found so far.
struct WalkedFile {
  using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

  WalkEnd end = WalkEnd::kNotYet;
  // From the file's begin to the end of its last whole record, or of the file header; 0 while that
  // is not complete.
  std::uint64_t whole_bytes = 0;
  std::uint64_t packets = 0;
  Format format = Format::kPcap;
  std::uint32_t linktype = 0;  // as the file states it
  // Of the first and the last whole record, in the order of the file.
  std::optional<Time> first_time;
  std::optional<Time> last_time;

  void add_packet(std::uint64_t record_bytes, Time time) {
    whole_bytes += record_bytes;
    ++packets;
    if (!first_time) first_time = time;
    last_time = time;
  }
};

}  // namespace ringtail::pcapfile
