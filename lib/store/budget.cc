#include "store/budget.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "store/sidecar_file.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

struct DiskSpace {
  std::uint64_t size_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t kept_bytes = 0;  // of these, what must stay so

  [[nodiscard]] std::uint64_t usable_bytes() const {
    return free_bytes > kept_bytes ? free_bytes - kept_bytes : 0;
  }
};

DiskSpace disk_space(const fs::path& folder, const StorageOptions& options) {
  struct statvfs status {};
  base::check(::statvfs(folder.c_str(), &status), "statvfs", folder.string());
  DiskSpace space;
  space.free_bytes = std::uint64_t{status.f_bavail} * status.f_frsize;
  space.size_bytes = std::uint64_t{status.f_blocks} * status.f_frsize;
  const auto share = static_cast<std::uint64_t>(static_cast<double>(space.size_bytes) *
                                                options.min_free_percent / 100);
  space.kept_bytes = std::max(share, options.min_free_bytes);
  return space;
}

dev_t device_of(const fs::path& path) {
  struct stat status {};
  base::check(::stat(path.c_str(), &status), "stat", path.string());
  return status.st_dev;
}

[[noreturn]] void throw_full(std::string_view what, const std::string& subject,
                             std::string_view remedy) {
  errno = ENOSPC;
  base::throw_errno(what, subject, remedy);
}

}  // namespace

Budget::Budget(const StorageOptions& options, base::Reporter report) : report_(std::move(report)) {
  catalog_.scan(options.directory);
  adopt(options);
}

void Budget::adopt(const StorageOptions& options) {
  options_ = options;
  const CaptureUsages before = std::exchange(usage_, {});
  for (const CaptureBudget& budget : options_.captures) {
    const auto known = std::ranges::find(before, budget.capture, &CaptureUsage::capture);
    usage_.push_back(known == before.end() ? std::make_shared<CaptureUsage>() : *known);
    if (known == before.end()) usage_.back()->capture = budget.capture;
    usage_.back()->limit_bytes.store(budget.limit_bytes, std::memory_order_relaxed);
  }
  storage_usage_.budget_bytes.store(options_.max_bytes, std::memory_order_relaxed);
  publish();
}

bool Budget::trim_step() {
  for (const CaptureBudget& budget : options_.captures) {
    if (used_by(budget.capture) > budget.limit_bytes &&
        remove_oldest(budget.capture, RemovalReason::kKeepSize) > 0)
      return true;
  }
  return used_by_all() > options_.max_bytes && remove_oldest_of_all(RemovalReason::kMaxSize) > 0;
}

void Budget::make_room(const std::string& capture, std::uint64_t bytes) {
  const CaptureBudget* budget = budget_of(capture);
  while (budget != nullptr && used_by(capture) + bytes > budget->limit_bytes) {
    if (remove_oldest(capture, RemovalReason::kKeepSize) == 0) {
      throw_full("making room in the budget of capture", capture, "raise storage.max_size");
    }
  }
  while (used_by_all() + bytes > options_.max_bytes) {
    if (remove_oldest_of_all(RemovalReason::kMaxSize) == 0) {
      throw_full("making room in storage.max_size of", options_.directory.string(), "raise it");
    }
  }
  make_room_on_disk(capture, bytes);
  publish();
}

// Deletes no more than what is short: a file system that frees space late, or not at all because
// somebody holds the file, must not cost the whole history.
void Budget::make_room_on_disk(const std::string& capture, std::uint64_t bytes) {
  const fs::path folder = options_.directory / capture;
  const bool on_same_disk = device_of(folder) == device_of(options_.directory);
  std::uint64_t deleted = 0;
  std::uint64_t shortage = 0;
  for (;;) {
    const std::uint64_t usable = disk_space(folder, options_).usable_bytes();
    if (usable >= bytes) return;
    if (shortage == 0) shortage = bytes - usable;
    if (deleted >= shortage) break;
    const std::uint64_t freed = on_same_disk ? remove_oldest_of_all(RemovalReason::kMinFree)
                                             : remove_oldest(capture, RemovalReason::kMinFree);
    if (freed == 0) break;
    deleted += freed;
  }
  throw_full(
      "keeping storage.min_free on the disk of", folder.string(),
      deleted == 0 ? "nothing of ours is left to delete" : "deleted files free no space yet");
}

std::uint64_t Budget::remove_oldest(const std::string& capture, RemovalReason reason) {
  while (const auto entry = oldest_removable(capture)) {
    if (const std::uint64_t freed = remove(capture, *entry, reason); freed > 0) return freed;
  }
  return 0;
}

std::uint64_t Budget::remove(const std::string& capture, const Catalog::Entry& entry,
                             RemovalReason reason) {
  const fs::path path = options_.directory / capture / entry.file;
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) {
    remove_sidecar(path);
    catalog_.remove(capture, entry);
    storage_usage_.removed_files[static_cast<std::size_t>(reason)].fetch_add(
        1, std::memory_order_relaxed);
    publish();
    return std::max<std::uint64_t>(entry.allocated_bytes, 1);
  }
  report_(base::Severity::kWarning, "unlink " + path.string() + ": " +
                                        base::last_error().message() +
                                        "; it goes on counting against the budget");
  catalog_.set_aside(capture, entry);
  return 0;
}

// Folders of captures that are no longer configured go first, then the oldest file of any.
std::uint64_t Budget::remove_oldest_of_all(RemovalReason reason) {
  std::optional<std::pair<PacketTime, std::string>> oldest;
  for (const std::string& capture : catalog_.captures()) {
    if (budget_of(capture) == nullptr) {
      if (const std::uint64_t freed = remove_oldest(capture, reason); freed > 0) return freed;
      continue;
    }
    const auto entry = oldest_removable(capture);
    if (entry && (!oldest || entry->start < oldest->first)) {
      oldest = {entry->start, capture};
    }
  }
  return oldest ? remove_oldest(oldest->second, reason) : 0;
}

bool Budget::remove_beyond_count() {
  if (catalog_.file_count() <= options_.max_files ||
      remove_oldest_of_all(RemovalReason::kTooManyFiles) == 0)
    return false;
  if (!std::exchange(count_reached_, true)) {
    report_(base::Severity::kWarning,
            "there are more than " + std::to_string(options_.max_files) +
                " files: the oldest are deleted although storage.max_size may hold more (a longer "
                "rotate.interval makes fewer)");
  }
  return true;
}

const CaptureBudget* Budget::budget_of(const std::string& capture) const {
  const auto found = std::ranges::find(options_.captures, capture, &CaptureBudget::capture);
  return found == options_.captures.end() ? nullptr : &*found;
}

std::optional<Catalog::Entry> Budget::oldest_removable(const std::string& capture) const {
  const CaptureBudget* budget = budget_of(capture);
  std::optional<Catalog::Entry> oldest = catalog_.oldest(capture);
  const bool kept = budget != nullptr && catalog_.file_count(capture) == 1 &&
                    oldest->allocated_bytes <= budget->limit_bytes / 2;
  return kept ? std::nullopt : std::move(oldest);
}

std::uint64_t Budget::used_by(const std::string& capture) const {
  const auto granted = granted_.find(capture);
  return catalog_.used_bytes(capture) + (granted == granted_.end() ? 0 : granted->second);
}

std::uint64_t Budget::used_by_all() const {
  std::uint64_t sum = catalog_.used_bytes();
  for (const auto& [capture, bytes] : granted_) sum += bytes;
  return sum;
}

CaptureUsage* Budget::usage_of(const std::string& capture) {
  const auto found =
      std::ranges::find(usage_, capture, [](const auto& usage) { return usage->capture; });
  return found == usage_.end() ? nullptr : found->get();
}

// Who only wants to know learns nothing from a disk that does not say.
void Budget::look_at_disk(bool mounted) {
  DiskSpace space;
  try {
    if (mounted) space = disk_space(options_.directory, options_);
  } catch (const std::system_error&) {
  }
  storage_usage_.disk_free_bytes.store(space.free_bytes, std::memory_order_relaxed);
  storage_usage_.min_free_bytes.store(space.kept_bytes, std::memory_order_relaxed);
  storage_usage_.disk_size_bytes.store(space.size_bytes, std::memory_order_relaxed);
}

void Budget::publish() {
  storage_usage_.used_bytes.store(used_by_all(), std::memory_order_relaxed);
  for (const auto& usage : usage_) {
    usage->used_bytes.store(used_by(usage->capture), std::memory_order_relaxed);
    const auto oldest = catalog_.oldest(usage->capture);
    const std::int64_t start = oldest ? std::chrono::floor<std::chrono::microseconds>(oldest->start)
                                            .time_since_epoch()
                                            .count()
                                      : 0;
    usage->oldest_microseconds.store(start, std::memory_order_relaxed);
  }
}

void Budget::grant(const std::string& capture, std::uint64_t bytes) {
  granted_[capture] += bytes;
  publish();
}

void Budget::give_back(const std::string& capture, std::uint64_t bytes) {
  granted_[capture] -= bytes;
  publish();
}

void Budget::reopen(const std::string& capture, const Catalog::Entry& entry) {
  catalog_.remove(capture, entry);
  grant(capture, entry.allocated_bytes);
}

void Budget::recount(const std::string& capture, Catalog::Entry entry) {
  catalog_.remove(capture, entry);
  add(capture, std::move(entry));
}

void Budget::add(const std::string& capture, Catalog::Entry entry) {
  catalog_.add(capture, std::move(entry));
  publish();
}

}  // namespace ringtail::store
