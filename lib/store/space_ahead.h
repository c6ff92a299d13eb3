#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ringtail::store {

// The space of a file that is or will be written.
struct FileSpace {
  std::uint64_t granted_bytes = 0;
  std::uint64_t max_bytes = 0;
  bool refused = false;  // it gets no more
};

// When a writer asks the disk thread for space, so that it is there in time: when less is left than
// is written in kTime, within bounds. In the file made ahead, too, where files are written fast:
// while the disk thread synchronises the one before, it grants nothing, for 20 to 60 ms.
//
// Pure; used by one writer.
class SpaceAhead {
 public:
  static constexpr std::chrono::milliseconds kTime{100};
  static constexpr std::uint64_t kLeastBytes = 32U << 20;
  static constexpr std::uint64_t kMostBytes = 128U << 20;

  enum class Grow { kNeither, kCurrent, kNext };

  // How much is to be left at the rate at which a file was written so far.
  [[nodiscard]] static std::uint64_t bytes(std::uint64_t written_bytes,
                                           std::chrono::nanoseconds passed) {
    const std::chrono::duration<double> time = std::max<std::chrono::nanoseconds>(passed, kTime);
    const double in_time = static_cast<double>(written_bytes) / (time / kTime);
    return std::clamp(static_cast<std::uint64_t>(in_time), kLeastBytes, kMostBytes);
  }

  // Which file is to have more, when `used_bytes` of the current one are taken and `ahead_bytes`
  // are to be left.
  [[nodiscard]] static Grow choose(const FileSpace& current, std::uint64_t used_bytes,
                                   const std::optional<FileSpace>& next,
                                   std::uint64_t ahead_bytes) {
    const std::uint64_t left = current.granted_bytes - std::min(used_bytes, current.granted_bytes);
    if (current.granted_bytes < current.max_bytes)
      return left < ahead_bytes && !current.refused ? Grow::kCurrent : Grow::kNeither;
    if (!next || next->refused || next->granted_bytes >= next->max_bytes) return Grow::kNeither;
    if (ahead_bytes == kLeastBytes) return Grow::kNeither;  // what a new file has will do
    return left + next->granted_bytes < ahead_bytes ? Grow::kNext : Grow::kNeither;
  }
};

}  // namespace ringtail::store
