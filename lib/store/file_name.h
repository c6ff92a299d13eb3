#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pcapfile/record_shape.h"

namespace ringtail::store {

// Ends the name of a file that is being written.
inline constexpr std::string_view kPartSuffix = ".part";
// Of all files that we make: their group may read them.
inline constexpr mode_t kFileMode = 0640;

using PacketTime = std::chrono::sys_time<std::chrono::nanoseconds>;

// The names of recorded files: `<start>_<interface>_w<worker>.pcap`, or `.pcapng` for that format,
// where start is the UTC time of the first packet as `YYYYMMDDThhmmss.uuuuuuZ`, so that names sort
// by time; with `.part` appended while the file is being written. Only names that parse() takes are
// ours to count and delete.
struct FileName {
  PacketTime start;  // whole microseconds
  std::string interface;
  unsigned worker = 0;
  bool partial = false;
  pcapfile::Format format = pcapfile::Format::kPcap;

  [[nodiscard]] std::string text() const;
  static std::optional<FileName> parse(std::string_view text);
};

}  // namespace ringtail::store
