#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/on_close.h"
#include "store/write_mode.h"

namespace ringtail::store {

// How much of a capture is kept; what comes first counts. 0 sets no limit to age and files.
struct CaptureBudget {
  std::string capture;
  std::uint64_t limit_bytes = 0;
  std::chrono::nanoseconds max_age{0};
  std::uint64_t max_files = 0;  // closed ones
  bool operator==(const CaptureBudget&) const = default;
};

// Closed files of all captures together: what is known of each takes memory, 64 MB of so many.
constexpr std::uint64_t kMaxFiles = 400'000;

struct StorageOptions {
  std::filesystem::path directory;
  std::uint64_t max_bytes = 0;       // over all, folders of captures no longer configured included
  std::uint64_t min_free_bytes = 0;  // of the file system, or
  unsigned min_free_percent = 0;     // so much of its size; the larger of both holds
  bool require_mount = false;        // the directory must lie on a mount of its own
  std::uint64_t max_files = kMaxFiles;
  ModeChoice mode = ModeChoice::kAuto;
  std::vector<CaptureBudget> captures = {};
  std::function<void(const ClosedFile&)> on_closed = {};  // if set: called on the disk thread
};

}  // namespace ringtail::store
