#include "store/unfinished_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "base/check.h"
#include "store/cut_file.h"

namespace ringtail::store {
namespace {

base::UniqueFd open_past_the_cache(const std::string& path, int flags) {
  base::UniqueFd fd(::open(path.c_str(), flags | O_DIRECT));
  if (!fd && errno == EINVAL) fd = base::UniqueFd(::open(path.c_str(), flags));
  base::check(fd.get(), "open", path);
  return fd;
}

// How much of a preallocated file was written: the file system knows, and tells it as a hole (all
// that do fallocate do). Its content does not tell: the part of a record that a killed writer left
// out reads as zeros. In a sparse copy holes stand for zeros that were written, and end nothing.
std::uint64_t written_bytes(int fd, const struct stat& status) {
  const bool is_sparse = status.st_blocks * 512 < status.st_size;
  const off_t hole = is_sparse ? -1 : ::lseek(fd, 0, SEEK_HOLE);
  return static_cast<std::uint64_t>(hole < 0 ? status.st_size : hole);
}

// Who has our name and other content is not ours to cut or remove.
bool is_foreign(const pcapfile::RecordWalk& walk) {
  using pcapfile::WalkEnd;
  return walk.end() == WalkEnd::kForeign ||
         (walk.end() == WalkEnd::kBadHeader && walk.packets() == 0);
}

}  // namespace

UnfinishedFile::UnfinishedFile(const std::filesystem::path& path, Access access)
    : path_(path.string()),
      buffer_(base::Mapping::anonymous(kStepBytes, "the buffer that a file is walked with")) {
  struct stat status {};
  base::check(::lstat(path_.c_str(), &status), "lstat", path_);
  if (!S_ISREG(status.st_mode)) throw std::runtime_error(path_ + " is no regular file");
  fd_ = open_past_the_cache(
      path_, (access == Access::kRead ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw FileInUse(path_ + " is being written");
  // Again: the name may stand for another file by now.
  base::check(::fstat(fd_.get(), &status), "fstat", path_);
  if (!S_ISREG(status.st_mode)) throw std::runtime_error(path_ + " is no regular file");
  size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  data_bytes_ = written_bytes(fd_.get(), status);
}

bool UnfinishedFile::step() {
  // The file may have lost its end since it was opened: that is no bytes, and no error.
  const std::size_t size = offset_ < data_bytes_ ? read_step() : 0;
  walk_.feed(buffer_.bytes().first(std::min<std::uint64_t>(size, data_bytes_ - offset_)));
  offset_ += size;
  if (size == 0 || offset_ >= data_bytes_) walk_.finish();
  if (is_foreign(walk_)) throw std::runtime_error(path_ + " does not hold what Ringtail writes");
  return walk_.end() == pcapfile::WalkEnd::kNotYet;
}

std::size_t UnfinishedFile::read_step() {
  const auto at = static_cast<off_t>(offset_);
  ssize_t size = ::pread(fd_.get(), buffer_.data(), kStepBytes, at);
  if (size < 0 && errno == EINVAL && (::fcntl(fd_.get(), F_GETFL) & O_DIRECT) != 0) {
    // Some file systems refuse the read, not the open.
    base::check(::fcntl(fd_.get(), F_SETFL, O_NONBLOCK), "fcntl", path_);
    size = ::pread(fd_.get(), buffer_.data(), kStepBytes, at);
  }
  base::check(size, "pread", path_);
  (void)::posix_fadvise(fd_.get(), at, size, POSIX_FADV_DONTNEED);
  return static_cast<std::size_t>(size);
}

void UnfinishedFile::cut() { cut_file(fd_.get(), walk_.whole_bytes(), path_); }

void UnfinishedFile::sync() {
  base::check(::fsync(fd_.get()), "fsync", path_);
  (void)::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace ringtail::store
