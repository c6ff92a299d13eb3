#include "store/write_mode.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <string>

#include "base/check.h"
#include "base/mapping.h"
#include "base/unique_fd.h"
#include "store/folder_remedy.h"
#include "store/open_file.h"
#include "store/uring.h"

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080  // linux/fs.h since 6.14
#endif

namespace ringtail::store {
namespace {

constexpr std::size_t kPageBytes = 4096;
// How far behind a write its pages are dropped: far enough that the disk has had time to take them.
constexpr std::uint64_t kDropBehindBytes = 2U << 20;

ssize_t write_some(int fd, WriteMode mode, std::uint64_t offset, std::span<const std::byte> data) {
  const iovec part{const_cast<std::byte*>(data.data()), data.size()};
  const int flags = mode == WriteMode::kDontCache ? RWF_DONTCACHE : 0;
  return ::pwritev2(fd, &part, 1, static_cast<off_t>(offset), flags);
}

bool means_unsupported(const std::error_code& error) {
  return error.value() == EINVAL || error.value() == EOPNOTSUPP || error.value() == ESPIPE;
}

// Starts the write-back of what was just written, waits for that of the stretch before and drops
// its pages. A write-back error is told once: here, or else nobody learns of it.
std::error_code drop_behind(int fd, std::uint64_t offset, std::size_t size) {
  if (::sync_file_range(fd, static_cast<off64_t>(offset), static_cast<off64_t>(size),
                        SYNC_FILE_RANGE_WRITE) != 0) {
    return means_unsupported(base::last_error()) ? std::error_code{} : base::last_error();
  }
  const std::uint64_t begin = offset > kDropBehindBytes ? offset - kDropBehindBytes : 0;
  if (begin == offset) return {};
  if (::sync_file_range(
          fd, static_cast<off64_t>(begin), static_cast<off64_t>(offset - begin),
          SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) != 0) {
    return base::last_error();
  }
  (void)::posix_fadvise(fd, static_cast<off_t>(begin), static_cast<off_t>(offset - begin),
                        POSIX_FADV_DONTNEED);
  return {};
}

std::error_code write_by_uring(const OpenFile& file, std::span<const std::byte> data) {
  try {
    Uring uring;
    UringWrite write{.file = &file, .data = data};
    uring.submit(write);
    uring.finish();
    return write.error;
  } catch (const std::system_error& error) {
    return error.code();
  }
}

// Whether a file in the folder can be made, written in this mode and renamed as finished files are;
// the reason if not.
std::error_code try_mode(const std::filesystem::path& folder, WriteMode mode) {
  // One name for all: so a start removes what one before it left that was killed here.
  const std::string path = (folder / ".ringtail-probe").string();
  const std::string renamed = path + "-renamed";
  (void)::unlink(path.c_str());
  (void)::unlink(renamed.c_str());
  const int flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | open_flags(mode);
  OpenFile file;
  file.mode = mode;
  file.fd = base::UniqueFd(::open(path.c_str(), flags, 0640));
  std::error_code error = file.fd ? std::error_code{} : base::last_error();
  if (!error) {
    const base::Mapping page = base::Mapping::anonymous(kPageBytes, "a page to try a write with");
    error = mode == WriteMode::kUring ? write_by_uring(file, page.bytes())
                                      : write_fully(file.fd.get(), mode, 0, page.bytes());
  }
  if (!error &&
      ::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, renamed.c_str(), RENAME_NOREPLACE) != 0) {
    error = base::last_error();
  }
  (void)::unlink(path.c_str());  // some file systems make it before they refuse O_DIRECT
  (void)::unlink(renamed.c_str());
  return error;
}

bool is_allowed(WriteMode mode, ModeChoice choice) {
  switch (choice) {
    case ModeChoice::kAuto:
      break;
    case ModeChoice::kUringOnly:
      return mode == WriteMode::kUring;
    case ModeChoice::kDirectOnly:
      return mode == WriteMode::kDirect;
    case ModeChoice::kBufferedOnly:
      return open_flags(mode) == 0;
  }
  return true;
}

std::string remedy_for(ModeChoice choice, int error, const std::filesystem::path& folder) {
  // Its own refusals look like those of the folder.
  if (choice == ModeChoice::kUringOnly) return "storage.io: auto also writes without io_uring";
  std::string remedy = folder_remedy(error, folder);
  if (remedy.empty() && choice == ModeChoice::kDirectOnly)
    remedy = "storage.io: auto also tries buffered writes";
  return remedy;
}

}  // namespace

std::string_view name_of(WriteMode mode) {
  switch (mode) {
    case WriteMode::kUring:
      return "uring";
    case WriteMode::kDirect:
      return "blocking";
    case WriteMode::kDontCache:
      return "buffered_uncached";
    case WriteMode::kDropBehind:
      return "buffered_drop_behind";
  }
  return "unknown";
}

int open_flags(WriteMode mode) {
  return mode == WriteMode::kUring || mode == WriteMode::kDirect ? O_DIRECT : 0;
}

ChosenMode choose_write_mode(const std::filesystem::path& folder, ModeChoice choice) {
  std::error_code error;
  std::error_code no_uring;
  for (const WriteMode mode :
       {WriteMode::kUring, WriteMode::kDirect, WriteMode::kDontCache, WriteMode::kDropBehind}) {
    if (!is_allowed(mode, choice)) continue;
    error = try_mode(folder, mode);
    // A disk that is full now can be recorded to later, and it has not refused the mode.
    const bool full = error.value() == ENOSPC || error.value() == EDQUOT;
    if (!error || full) return {mode, mode == WriteMode::kDirect ? no_uring : std::error_code{}};
    if (mode == WriteMode::kUring) {
      no_uring = error;
    } else if (!means_unsupported(error)) {
      break;
    }
  }
  errno = error.value();
  base::throw_errno("writing and renaming a test file in", folder.string(),
                    remedy_for(choice, error.value(), folder));
}

std::error_code write_fully(int fd, WriteMode mode, std::uint64_t offset,
                            std::span<const std::byte> data) {
  const std::uint64_t begin = offset;
  const std::size_t size = data.size();
  while (!data.empty()) {
    const ssize_t written = write_some(fd, mode, offset, data);
    if (written < 0) {
      if (errno == EINTR) continue;
      return base::last_error();
    }
    if (written == 0) return std::make_error_code(std::errc::io_error);
    offset += static_cast<std::uint64_t>(written);
    data = data.subspan(static_cast<std::size_t>(written));
  }
  return mode == WriteMode::kDropBehind ? drop_behind(fd, begin, size) : std::error_code{};
}

void drop_cached_pages(int fd, WriteMode mode) {
  if (open_flags(mode) == 0) (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace ringtail::store
