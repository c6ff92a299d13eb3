#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "base/mapping.h"
#include "base/unique_fd.h"
#include "pcapfile/encoded_run.h"
#include "store/file_name.h"
#include "store/ring_counts.h"
#include "store/write_mode.h"

namespace ringtail::store {

// What a worker keeps of a file in memory: the page that is not full, and behind it what the file
// ends with.
inline constexpr std::size_t kCarryBytes = 2 * pcapfile::kPageBytes;

// A file on its way. The disk thread makes it and finishes it; between, one worker writes to `fd`
// with `mode`, no more than `max_bytes`, and has `carry` to itself. The other members belong to the
// disk thread alone.
struct OpenFile {
  base::UniqueFd fd;
  WriteMode mode = WriteMode::kDirect;
  std::uint64_t max_bytes = 0;
  base::Mapping carry;  // kCarryBytes, the worker's

  std::filesystem::path folder;
  std::string name;  // its present name in the folder
  std::string capture;
  FileName final_name;
  PacketTime first;                 // of its first packet, once it is begun
  std::uint64_t granted_bytes = 0;  // how much of the budget it may fill
};

enum class StorageProblem { kFull, kError };

[[nodiscard]] inline StorageProblem problem_of(const std::error_code& error) {
  const int code = error.value();
  return code == ENOSPC || code == EDQUOT ? StorageProblem::kFull : StorageProblem::kError;
}

// What the worker says of a file that it has written. Nothing is in flight any more.
struct FinishedFile {
  std::uint64_t size_bytes = 0;  // to the end of the last whole record, or behind; 0: the file
                                 // holds no packet and is removed
  std::uint64_t packets = 0;
  std::error_code error =
      {};  // of the write that failed, if one did: size_bytes is what lies below it
  std::uint32_t linktype = 0;
  PacketTime last = {};    // of its last packet
  RingCounts window = {};  // since the file before was handed back
};

// The worker's side of the disk thread, for one recorder. Each call only hands over; the answers
// come to the FileCustomer, on the worker's thread.
class FileSupply {
 public:
  virtual ~FileSupply() = default;
  // Asks for the next file. Answered by file_ready(), perhaps after any number of file_refused():
  // the disk thread tries again by itself.
  virtual void request_file() = 0;
  // The first packet goes into `file`: gives it its name.
  virtual void begin_file(std::shared_ptr<OpenFile> file, PacketTime start) = 0;
  // Asks for a further step of preallocated space. Answered by file_grown() or growth_refused().
  virtual void grow_file(std::shared_ptr<OpenFile> file) = 0;
  // Hands the file back. One that was never begun is removed.
  virtual void finish_file(std::shared_ptr<OpenFile> file, FinishedFile finished) = 0;
};

class FileCustomer {
 public:
  virtual ~FileCustomer() = default;
  virtual void file_ready(std::shared_ptr<OpenFile> file, std::uint64_t granted_bytes) = 0;
  virtual void file_refused(StorageProblem problem) = 0;
  virtual void file_grown(const OpenFile* file, std::uint64_t granted_bytes) = 0;
  virtual void growth_refused(const OpenFile* file) = 0;
};

}  // namespace ringtail::store
