#include "store/storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "pcapfile/in_place_encoder.h"
#include "store/leftover.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kFileMode = 0640;
// What a file system may need beside the data, for the map of a fragmented file.
constexpr std::uint64_t kMetadataBytes = 64U << 10;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw std::system_error(error, "making the folder " + folder.string());
}

void preallocate(const OpenFile& file, std::uint64_t from, std::uint64_t bytes) {
  int result = 0;
  do {
    result = ::fallocate(file.fd.get(), 0, static_cast<off_t>(from), static_cast<off_t>(bytes));
  } while (result != 0 && errno == EINTR);
  // Where the file system can't, the grant still counts; only the writes extend the file.
  if (result != 0 && errno != EOPNOTSUPP) {
    const int reason = errno;
    (void)::ftruncate(file.fd.get(), static_cast<off_t>(from));  // what it took before it failed
    errno = reason;
    base::throw_errno("fallocate", (file.folder / file.name).string());
  }
}

// Followed, it could lead to files that a later run does not find again.
void refuse_symlink(const fs::path& folder) {
  if (!fs::is_symlink(folder)) return;
  throw std::runtime_error(
      folder.string() +
      " is a symbolic link: a capture's folder must be a folder (a mount point will do)");
}

// How much of the file system is free, less what must stay so.
std::uint64_t usable_bytes(const fs::path& folder, std::uint64_t min_free_bytes,
                           unsigned min_free_percent) {
  struct statvfs status {};
  base::check(::statvfs(folder.c_str(), &status), "statvfs", folder.string());
  const std::uint64_t free = std::uint64_t{status.f_bavail} * status.f_frsize;
  const double size = static_cast<double>(status.f_blocks) * static_cast<double>(status.f_frsize);
  const auto share = static_cast<std::uint64_t>(size * min_free_percent / 100);
  const std::uint64_t kept = std::max(share, min_free_bytes);
  return free > kept ? free - kept : 0;
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

void sync_folder(const fs::path& folder) {
  const base::UniqueFd fd(base::check(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                      "open", folder.string()));
  base::check(::fsync(fd.get()), "fsync", folder.string());
}

}  // namespace

Storage::Storage(StorageOptions options, const base::Reporter& report)
    : options_(std::move(options)) {
  make_folder(options_.directory);
  lock();
  mode_ = choose_write_mode(options_.directory, options_.mode);
  for (const CaptureBudget& budget : options_.captures) {
    const fs::path folder = options_.directory / budget.capture;
    make_folder(folder);
    refuse_symlink(folder);
    choose_mode(budget.capture, folder, report);
    usage_.push_back(std::make_unique<CaptureUsage>());
    usage_.back()->capture = budget.capture;
    usage_.back()->limit_bytes = budget.limit_bytes;
  }
  adopt_leftovers(report);
  catalog_.scan(options_.directory);
  publish_usage();
}

void Storage::lock() {
  const std::string path = (options_.directory / ".lock").string();
  lock_ = base::UniqueFd(
      base::check(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode), "open", path));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) {
    throw DirectoryInUse("another ringtail records to " + options_.directory.string() +
                         " (stop it, or give this one a storage.directory of its own)");
  }
  base::throw_errno("flock", path);
}

// A capture's folder may lie on a file system of its own.
void Storage::choose_mode(const std::string& capture, const fs::path& folder,
                          const base::Reporter& report) {
  const WriteMode mode = choose_write_mode(folder, options_.mode);
  modes_[capture] = mode;
  if (mode == mode_) return;
  report(base::Severity::kInfo,
         "files of " + capture + ": " + std::string(name_of(mode)) + " writes");
}

void Storage::adopt_leftovers(const base::Reporter& report) {
  for (const fs::directory_entry& folder : fs::directory_iterator(options_.directory)) {
    if (folder.is_directory() && !folder.is_symlink()) adopt_unnamed_files(folder.path(), report);
  }
}

std::shared_ptr<OpenFile> Storage::create(const std::string& capture, const std::string& interface,
                                          unsigned worker, std::uint64_t max_bytes) {
  auto file = std::make_shared<OpenFile>();
  file->mode = modes_.at(capture);
  file->capture = capture;
  file->folder = options_.directory / capture;
  file->final_name = {.start = {}, .interface = interface, .worker = worker};
  file->max_bytes = max_bytes;
  file->carry = base::Mapping::anonymous(pcapfile::kPageBytes, "the carry of a file");

  const std::uint64_t step = std::min(kGrowStepBytes, max_bytes);
  make_folder(file->folder);  // somebody may have removed it
  make_room(capture, step + kMetadataBytes);
  const int flags =
      O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | (file->mode == WriteMode::kDirect ? O_DIRECT : 0);
  std::string path;
  do {
    file->name = unnamed_file(interface, worker, ++last_file_);
    path = (file->folder / file->name).string();
    file->fd = base::UniqueFd(::open(path.c_str(), flags, kFileMode));
  } while (!file->fd && errno == EEXIST);
  base::check(file->fd.get(), "open", path);
  try {
    preallocate(*file, 0, step);
  } catch (const std::system_error&) {
    (void)::unlink(path.c_str());
    throw;
  }
  grant(*file, step);
  return file;
}

void Storage::grow(OpenFile& file) {
  const std::uint64_t step = std::min(kGrowStepBytes, file.max_bytes - file.granted_bytes);
  if (step == 0) return;
  make_room(file.capture, step);
  preallocate(file, file.granted_bytes, step);
  grant(file, step);
}

void Storage::begin(OpenFile& file, PacketTime start) {
  file.final_name.start = std::chrono::floor<std::chrono::microseconds>(start);
  rename_to(file, true);
}

void Storage::finish(OpenFile& file, const FinishedFile& finished) {
  give_up_grant(file);
  const fs::path path = file.folder / file.name;
  if (finished.size_bytes == 0) {
    const int result = ::unlink(path.c_str());
    publish_usage();
    if (result != 0 && errno != ENOENT) base::throw_errno("unlink", path.string());
    return;
  }
  std::exception_ptr failure;
  try {
    base::check(::ftruncate(file.fd.get(), static_cast<off_t>(finished.size_bytes)), "ftruncate",
                path.string());
    base::check(::fdatasync(file.fd.get()), "fdatasync", path.string());
    drop_cached_pages(file.fd.get(), file.mode);
    rename_to(file, false);
    sync_folder(file.folder);
    finished_files_.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::system_error&) {
    failure = std::current_exception();
  }
  FileName name = file.final_name;
  name.partial = file.name != name.text();
  const fs::path final_path = file.folder / file.name;
  catalog_.add(file.capture, {final_path, name, allocated_bytes(final_path)});
  publish_usage();
  if (failure) std::rethrow_exception(failure);
}

// The start in the name moves on by a microsecond while another file has that name: after the clock
// was set back, say. Never replaces a file.
void Storage::rename_to(OpenFile& file, bool partial) {
  const fs::path from = file.folder / file.name;
  for (;;) {
    file.final_name.partial = partial;
    const std::string name = file.final_name.text();
    file.final_name.partial = false;
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, (file.folder / name).c_str(),
                    RENAME_NOREPLACE) == 0) {
      file.name = name;
      return;
    }
    if (errno != EEXIST) base::throw_errno("rename to " + name + " of", from.string());
    file.final_name.start += std::chrono::microseconds(1);
  }
}

void Storage::make_room(const std::string& capture, std::uint64_t bytes) {
  const auto budget = std::ranges::find(options_.captures, capture, &CaptureBudget::capture);
  while (used_by(capture) + bytes > budget->limit_bytes) {
    if (remove_oldest(capture) == 0) {
      throw_full("making room in the budget of capture", capture, "raise storage.max_size");
    }
  }
  while (used_by_all() + bytes > options_.max_bytes) {
    if (remove_oldest_of_all() == 0) {
      throw_full("making room in storage.max_size of", options_.directory.string(), "raise it");
    }
  }
  make_room_on_disk(capture, bytes);
  publish_usage();
}

// Deletes no more than what is short: a file system that frees space late, or not at all because
// somebody holds the file, must not cost the whole history.
void Storage::make_room_on_disk(const std::string& capture, std::uint64_t bytes) {
  const fs::path folder = options_.directory / capture;
  const bool on_same_disk = device_of(folder) == device_of(options_.directory);
  std::uint64_t deleted = 0;
  std::uint64_t shortage = 0;
  for (;;) {
    const std::uint64_t usable =
        usable_bytes(folder, options_.min_free_bytes, options_.min_free_percent);
    if (usable >= bytes) return;
    if (shortage == 0) shortage = bytes - usable;
    if (deleted >= shortage) break;
    const std::uint64_t freed = on_same_disk ? remove_oldest_of_all() : remove_oldest(capture);
    if (freed == 0) break;
    deleted += freed;
  }
  throw_full(
      "keeping storage.min_free on the disk of", folder.string(),
      deleted == 0 ? "nothing of ours is left to delete" : "deleted files free no space yet");
}

// The newest closed file of a capture that is still recorded is never deleted.
std::uint64_t Storage::remove_oldest(const std::string& capture) {
  const auto entry = catalog_.oldest(capture, is_configured(capture));
  if (!entry) return 0;
  if (::unlink(entry->path.c_str()) != 0 && errno != ENOENT) {
    base::throw_errno("unlink", entry->path.string());
  }
  catalog_.remove(capture, *entry);
  return std::max<std::uint64_t>(entry->allocated_bytes, 1);
}

// Folders of captures that are no longer configured go first, then the oldest file of any.
std::uint64_t Storage::remove_oldest_of_all() {
  std::optional<std::pair<PacketTime, std::string>> oldest;
  for (const std::string& capture : catalog_.captures()) {
    if (!is_configured(capture)) {
      if (const std::uint64_t freed = remove_oldest(capture); freed > 0) return freed;
      continue;
    }
    const auto entry = catalog_.oldest(capture, true);
    if (entry && (!oldest || entry->name.start < oldest->first)) {
      oldest = {entry->name.start, capture};
    }
  }
  return oldest ? remove_oldest(oldest->second) : 0;
}

bool Storage::is_configured(const std::string& capture) const {
  return std::ranges::find(options_.captures, capture, &CaptureBudget::capture) !=
         options_.captures.end();
}

std::uint64_t Storage::used_by(const std::string& capture) const {
  const auto granted = granted_.find(capture);
  return catalog_.used_bytes(capture) + (granted == granted_.end() ? 0 : granted->second);
}

std::uint64_t Storage::used_by_all() const {
  std::uint64_t sum = catalog_.used_bytes();
  for (const auto& [capture, bytes] : granted_) sum += bytes;
  return sum;
}

void Storage::grant(OpenFile& file, std::uint64_t bytes) {
  if (file.granted_bytes == 0) granted_[file.capture] += kMetadataBytes;
  file.granted_bytes += bytes;
  granted_[file.capture] += bytes;
  publish_usage();
}

void Storage::give_up_grant(OpenFile& file) {
  if (file.granted_bytes == 0) return;
  granted_[file.capture] -= file.granted_bytes + kMetadataBytes;
  file.granted_bytes = 0;
}

void Storage::publish_usage() {
  for (const auto& usage : usage_) {
    usage->used_bytes.store(used_by(usage->capture), std::memory_order_relaxed);
    const auto oldest = catalog_.oldest(usage->capture, false);
    const std::int64_t start =
        oldest ? std::chrono::floor<std::chrono::microseconds>(oldest->name.start)
                     .time_since_epoch()
                     .count()
               : 0;
    usage->oldest_microseconds.store(start, std::memory_order_relaxed);
  }
}

}  // namespace ringtail::store
