#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include "pcapfile/file_header.h"

namespace ringtail::store {

struct RotatingWriterOptions {
  // Files are as large as they were made to be, but not larger than this.
  std::uint64_t max_file_bytes = std::numeric_limits<std::uint64_t>::max();
  std::chrono::nanoseconds interval{0};  // 0: files change by size alone
  pcapfile::FileHeader file_header{};
};

}  // namespace ringtail::store
