#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/on_close.h"
#include "store/write_mode.h"

namespace ringtail::store {

struct CaptureBudget {
  std::string capture;
  std::uint64_t limit_bytes = 0;
};

struct StorageOptions {
  std::filesystem::path directory;
  std::uint64_t max_bytes = 0;       // over all, folders of captures no longer configured included
  std::uint64_t min_free_bytes = 0;  // of the file system, or
  unsigned min_free_percent = 0;     // so much of its size; the larger of both holds
  ModeChoice mode = ModeChoice::kAuto;
  std::vector<CaptureBudget> captures = {};
  std::function<void(const ClosedFile&)> on_closed = {};  // if set: called on the disk thread
};

}  // namespace ringtail::store
