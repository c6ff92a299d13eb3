#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/report.h"
#include "base/unique_fd.h"
#include "store/budget.h"
#include "store/directory_lock.h"
#include "store/file_name.h"
#include "store/mount_guard.h"
#include "store/open_file.h"
#include "store/recovery.h"
#include "store/retention.h"
#include "store/sidecar_upkeep.h"
#include "store/storage_options.h"
#include "store/trusted_clock.h"
#include "store/write_mode.h"

namespace ringtail::store {

// The folder on disk: makes, names and finishes files, each inside the space that the budget grants
// it in steps.
//
// Opened on the control thread, then used by the disk thread alone, except the const ones below but
// usage(), which is the control thread's until the disk thread runs. Every failure is a
// std::system_error that names call and path.
class Storage {
 public:
  // Files are preallocated in steps: a direct write that extends a file stalls.
  static constexpr std::uint64_t kGrowStepBytes = 16U << 20;

  // Makes the folders, takes the lock, tries how files can be written and takes in what earlier
  // runs left. Throws DirectoryInUse if another process holds the lock, std::runtime_error if a
  // capture's folder is a symbolic link or a required mount is missing. When it goes missing later,
  // nothing is made or deleted until it is back.
  Storage(StorageOptions options, base::Reporter report);

  // Makes the folders of further captures and tries how their files can be written. Throws as the
  // constructor, and has changed nothing then.
  void prepare(const std::vector<std::string>& captures);
  // From now on keeps to the sizes, and records the captures, of these options; the folders of new
  // ones were prepared. Files that are open for others are still finished.
  void adopt(const StorageOptions& options);

  // A file without a name of its own yet, for up to max_bytes, with a first step granted and a
  // write to it tried.
  [[nodiscard]] std::shared_ptr<OpenFile> create(const std::string& capture,
                                                 const std::string& interface, unsigned worker,
                                                 std::uint64_t max_bytes,
                                                 pcapfile::Format format = pcapfile::Format::kPcap);
  // Grants a further step. Throws ENOSPC if the budget or the disk has no room.
  void grow(OpenFile& file);
  // Names the file by its first packet, as a partial one.
  void begin(OpenFile& file, PacketTime start);
  // Cuts the file to its records, makes it durable, gives it its final name and a sidecar; removes
  // one that holds no packet. If this fails the file stays under its partial name.
  void finish(OpenFile& file, const FinishedFile& finished);
  // Does a small piece of finishing what earlier runs left unfinished, which may be called any time
  // between the others; false when nothing is left to do.
  [[nodiscard]] bool recover_step() { return recovery_->step() || sidecars_->step(); }
  // Whether something of that can only be done later: then recover_step() takes it up again.
  [[nodiscard]] bool recover_again() { return recovery_->try_again(); }

  // Deletes one file that a capture need not, or may not, keep any longer, or that is one too many;
  // false when there is none.
  [[nodiscard]] bool retain_step(const TrustedClock::Reading& now);
  // Whether that may become so although no file is finished.
  [[nodiscard]] bool goes_by_age() const { return retention_->goes_by_age(); }
  // How much of the disk is free, for storage_usage().
  void look_at_disk() { budget_->look_at_disk(!mount_ || mount_->holds()); }

  // Of the directory; captures whose folders are written otherwise were reported.
  [[nodiscard]] WriteMode mode() const { return mode_; }
  // Whether files may be written by io_uring, and whether all must be: throughout.
  [[nodiscard]] bool may_use_uring() const { return may_use_uring_; }
  [[nodiscard]] bool must_use_uring() const { return options_.mode == ModeChoice::kUringOnly; }
  [[nodiscard]] const std::filesystem::path& directory() const { return options_.directory; }
  [[nodiscard]] const CaptureUsages& usage() const { return budget_->usage(); }
  [[nodiscard]] const StorageUsage& storage_usage() const { return budget_->storage_usage(); }
  [[nodiscard]] const RecoveryTotals& recovery() const { return recovery_->totals(); }
  [[nodiscard]] std::uint64_t finished_files() const {
    return finished_files_.load(std::memory_order_relaxed);
  }

 private:
  void choose_mode();
  void open_folder(const std::string& capture);
  void choose_mode(const std::string& capture, const std::filesystem::path& folder);
  [[nodiscard]] std::vector<NamedFile> adopt_leftovers();
  void tell_modes();
  void make_file(OpenFile& file, std::uint64_t bytes);
  void grant(OpenFile& file, std::uint64_t bytes);
  void give_up_grant(OpenFile& file);
  void describe(const OpenFile& file, const FinishedFile& finished);
  void rename_to(OpenFile& file, bool partial);

  StorageOptions options_;
  base::Reporter report_;
  std::optional<MountGuard> mount_;  // if one is required
  base::UniqueFd lock_;
  WriteMode mode_ = WriteMode::kDirect;  // of the directory itself
  bool may_use_uring_ = false;
  std::map<std::string, WriteMode> modes_;  // by capture
  std::unique_ptr<Budget> budget_;          // made when the leftovers have their names
  std::unique_ptr<Recovery> recovery_;
  std::unique_ptr<SidecarUpkeep> sidecars_;
  bool sidecars_fail_ = false;
  std::unique_ptr<Retention> retention_;
  std::uint64_t last_file_ = 0;
  std::atomic<std::uint64_t> finished_files_ = 0;
};

}  // namespace ringtail::store
