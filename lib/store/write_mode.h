#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>

namespace ringtail::store {

// How bytes get to the file system without staying in the page cache, best first.
enum class WriteMode {
  kUring,       // O_DIRECT, straight from the ring's memory, by io_uring
  kDirect,      // the same, each write at once
  kDontCache,   // buffered with RWF_DONTCACHE (Linux 6.14): the kernel drops the pages
  kDropBehind,  // buffered, then sync_file_range and posix_fadvise(DONTNEED) behind the writes
};
// The name that metrics and messages use. It is a contract: dashboards hang on it.
[[nodiscard]] std::string_view name_of(WriteMode mode);
// What open(2) needs besides.
[[nodiscard]] int open_flags(WriteMode mode);

enum class ModeChoice { kAuto, kUringOnly, kDirectOnly, kBufferedOnly };

struct ChosenMode {
  WriteMode mode = WriteMode::kDirect;
  std::error_code no_uring = {};  // why it is kDirect and not kUring, if that was to be tried
};

// Finds the best mode that works in the folder by writing a file there. Throws std::system_error if
// none does, or if the one that is demanded is refused.
[[nodiscard]] ChosenMode choose_write_mode(const std::filesystem::path& folder, ModeChoice choice);

// Writes all of `data` at `offset` on this thread, whatever the mode; a short write goes on where
// it ended. For direct modes the memory, offset and size are whole pages.
[[nodiscard]] std::error_code write_fully(int fd, WriteMode mode, std::uint64_t offset,
                                          std::span<const std::byte> data);

// After the last write: what is left of the file in the page cache is given back.
void drop_cached_pages(int fd, WriteMode mode);

}  // namespace ringtail::store
