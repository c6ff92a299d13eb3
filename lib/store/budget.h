#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "store/catalog.h"
#include "store/removal.h"
#include "store/storage_options.h"

namespace ringtail::store {

// What a capture has on disk. Written by the disk thread, read by any.
struct CaptureUsage {
  std::string capture;
  std::atomic<std::uint64_t> limit_bytes = 0;
  std::atomic<WriteMode> write_mode = WriteMode::kDirect;
  std::atomic<std::uint64_t> used_bytes = 0;
  std::atomic<std::int64_t> oldest_microseconds = 0;  // since the epoch; 0: no file
  std::atomic<std::uint64_t> opened_files = 0;        // that got a packet
  std::atomic<std::uint64_t> closed_files = 0;        // that got their final name
};

// What all captures have on disk together, and how the disk is. Written by the disk thread, read by
// any.
struct StorageUsage {
  std::atomic<std::uint64_t> budget_bytes = 0;
  std::atomic<std::uint64_t> used_bytes = 0;
  std::atomic<std::uint64_t> min_free_bytes = 0;
  std::atomic<std::uint64_t> disk_size_bytes = 0;  // 0: unknown, and so are the others of the disk
  std::atomic<std::uint64_t> disk_free_bytes = 0;
  std::array<std::atomic<std::uint64_t>, kRemovalReasonCount> removed_files{};  // by RemovalReason
};

// One for each capture that is recorded, in the order of the options.
using CaptureUsages = std::vector<std::shared_ptr<CaptureUsage>>;

// The space on disk: what closed files fill and what open ones were granted. Space is granted
// before it is written, and the oldest closed files are deleted before it is granted, so that no
// sum is exceeded at any moment.
//
// Used by the disk thread alone, except storage_usage(). Failures are std::system_error; ENOSPC
// says that there is no room.
class Budget {
 public:
  // Takes in the files below the directory, of whichever run.
  Budget(const StorageOptions& options, base::Reporter report);

  // From now on keeps to these limits, for these captures; trim_step() brings it below those that
  // are lower than before.
  void adopt(const StorageOptions& options);
  // Deletes one closed file of what is beyond a limit; false when there is none.
  [[nodiscard]] bool trim_step();

  // Deletes until the capture may be granted so many bytes more.
  void make_room(const std::string& capture, std::uint64_t bytes);
  // The bytes that this frees; 0 if there is nothing to remove. The newest closed file of a capture
  // that is still recorded never is, but for one that fills more than half of its budget, as one
  // from before that was lowered may: there would be no room beside it.
  std::uint64_t remove_oldest(const std::string& capture, RemovalReason reason);

  // Deletes this closed file and says what that frees. 0: it cannot be deleted, which is reported,
  // and it goes on counting.
  std::uint64_t remove(const std::string& capture, const Catalog::Entry& entry,
                       RemovalReason reason);

  // Deletes the oldest file if there are more than StorageOptions::max_files, which is reported
  // once; false when there is nothing to delete.
  bool remove_beyond_count();

  void grant(const std::string& capture, std::uint64_t bytes);
  void give_back(const std::string& capture, std::uint64_t bytes);
  // A closed file that is worked on again: what it takes counts as granted, and it is not deleted,
  // until that is given back and the file is added again.
  void reopen(const std::string& capture, const Catalog::Entry& entry);
  // A closed file that takes more or less space than it did.
  void recount(const std::string& capture, Catalog::Entry entry);
  // A file that was closed, or that could not be.
  void add(const std::string& capture, Catalog::Entry entry);

  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const CaptureUsages& usage() const { return usage_; }
  // Nothing for captures that are not recorded any more.
  [[nodiscard]] CaptureUsage* usage_of(const std::string& capture);
  [[nodiscard]] const StorageUsage& storage_usage() const { return storage_usage_; }
  // Looks at how much of the disk is free; not at all if `mounted` is false: it is another disk.
  void look_at_disk(bool mounted);

 private:
  void make_room_on_disk(const std::string& capture, std::uint64_t bytes);
  std::uint64_t remove_oldest_of_all(RemovalReason reason);
  // Nothing for captures that are not recorded any more.
  [[nodiscard]] const CaptureBudget* budget_of(const std::string& capture) const;
  [[nodiscard]] std::optional<Catalog::Entry> oldest_removable(const std::string& capture) const;
  [[nodiscard]] std::uint64_t used_by(const std::string& capture) const;
  [[nodiscard]] std::uint64_t used_by_all() const;
  void publish();

  StorageOptions options_;
  base::Reporter report_;
  Catalog catalog_;
  bool count_reached_ = false;
  std::map<std::string, std::uint64_t> granted_;  // to open files, by capture
  CaptureUsages usage_;
  StorageUsage storage_usage_;
};

}  // namespace ringtail::store
