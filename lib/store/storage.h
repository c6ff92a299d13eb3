#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/report.h"
#include "base/unique_fd.h"
#include "store/catalog.h"
#include "store/file_name.h"
#include "store/open_file.h"
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
};

// What a capture has on disk. Written by the disk thread, read by any.
struct CaptureUsage {
  std::string capture;
  std::uint64_t limit_bytes = 0;
  std::atomic<std::uint64_t> used_bytes = 0;
  std::atomic<std::int64_t> oldest_microseconds = 0;  // since the epoch; 0: no file
};

// Another process records to the directory.
class DirectoryInUse : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The folder on disk: makes, names, finishes and deletes files and keeps their sum inside the
// budgets. Space is granted to files in steps before it is written, by deleting the oldest closed
// files if need be, so the budget holds at every moment.
//
// Opened on the control thread, then used by the disk thread alone, except usage(). Every failure
// is a std::system_error that names call and path.
class Storage {
 public:
  // Files are preallocated in steps: a direct write that extends a file stalls.
  static constexpr std::uint64_t kGrowStepBytes = 16U << 20;

  // Makes the folders, takes the lock, tries how files can be written and takes in what earlier
  // runs left. Throws DirectoryInUse if another process holds the lock, std::runtime_error if a
  // capture's folder is a symbolic link.
  Storage(StorageOptions options, const base::Reporter& report);

  // A file without a name of its own yet, for up to max_bytes, with a first step granted.
  [[nodiscard]] std::shared_ptr<OpenFile> create(const std::string& capture,
                                                 const std::string& interface, unsigned worker,
                                                 std::uint64_t max_bytes);
  // Grants a further step. Throws ENOSPC if the budget or the disk has no room.
  void grow(OpenFile& file);
  // Names the file by its first packet, as a partial one.
  void begin(OpenFile& file, PacketTime start);
  // Cuts the file to its records, makes it durable and gives it its final name; removes one that
  // holds no packet. If this fails the file stays under its partial name.
  void finish(OpenFile& file, const FinishedFile& finished);

  // Of the directory; captures whose folders are written otherwise were reported.
  [[nodiscard]] WriteMode mode() const { return mode_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return options_.directory; }
  [[nodiscard]] const std::vector<std::unique_ptr<CaptureUsage>>& usage() const { return usage_; }
  [[nodiscard]] std::uint64_t finished_files() const {
    return finished_files_.load(std::memory_order_relaxed);
  }

 private:
  void lock();
  void choose_mode(const std::string& capture, const std::filesystem::path& folder,
                   const base::Reporter& report);
  void adopt_leftovers(const base::Reporter& report);
  void make_room(const std::string& capture, std::uint64_t bytes);
  void make_room_on_disk(const std::string& capture, std::uint64_t bytes);
  // The bytes that this frees; 0 if there is nothing to remove.
  std::uint64_t remove_oldest(const std::string& capture);
  std::uint64_t remove_oldest_of_all();
  [[nodiscard]] bool is_configured(const std::string& capture) const;
  [[nodiscard]] std::uint64_t used_by(const std::string& capture) const;
  [[nodiscard]] std::uint64_t used_by_all() const;
  void grant(OpenFile& file, std::uint64_t bytes);
  void give_up_grant(OpenFile& file);
  void rename_to(OpenFile& file, bool partial);
  void publish_usage();

  StorageOptions options_;
  base::UniqueFd lock_;
  WriteMode mode_ = WriteMode::kDirect;     // of the directory itself
  std::map<std::string, WriteMode> modes_;  // by capture
  Catalog catalog_;
  std::map<std::string, std::uint64_t> granted_;  // to open files, by capture
  std::vector<std::unique_ptr<CaptureUsage>> usage_;
  std::uint64_t last_file_ = 0;
  std::atomic<std::uint64_t> finished_files_ = 0;
};

}  // namespace ringtail::store
