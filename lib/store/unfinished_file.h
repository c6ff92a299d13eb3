#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/mapping.h"
#include "base/unique_fd.h"
#include "pcapfile/record_walk.h"

namespace ringtail::store {

// Somebody writes to the file: a Ringtail, or the kernel for one that was killed, whose last writes
// are still on their way to the disk.
class FileInUse : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A file that somebody was writing when he was stopped, open to be walked. It is read past the page
// cache (O_DIRECT), or where that is refused its pages are dropped behind the walk.
//
// Used by one thread. Failures, and content that is none of ours, are std::runtime_error
// (std::system_error where a call failed), which names the path.
class UnfinishedFile {
 public:
  static constexpr std::size_t kStepBytes = 1U << 20;

  enum class Access { kRead, kReadWrite };
  // Refuses what is no regular file without opening it, and with FileInUse what a Ringtail is
  // writing: it has the lock of each of its files (flock(2)), which ends with the process and its
  // writes.
  UnfinishedFile(const std::filesystem::path& path, Access access);

  // Walks on by kStepBytes; false when the walk has ended.
  [[nodiscard]] bool step();
  [[nodiscard]] const pcapfile::RecordWalk& walk() const { return walk_; }

  // When it was opened, preallocated space included.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  // Ends the file behind its last whole record.
  void cut();
  // Makes it durable; what is left of it in the page cache is given back.
  void sync();

 private:
  [[nodiscard]] std::size_t read_step();

  std::string path_;
  base::UniqueFd fd_;
  base::Mapping buffer_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t data_bytes_ = 0;  // from the begin on, that somebody has written
  std::uint64_t offset_ = 0;
  pcapfile::RecordWalk walk_;
};

}  // namespace ringtail::store
