#include "store/storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "pcapfile/in_place_encoder.h"
#include "store/cut_file.h"
#include "store/folder_remedy.h"
#include "store/leftover.h"
#include "store/rename.h"
#include "store/sidecar_file.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

// What is needed beside the data: the sidecar, and the file system's map of a fragmented file.
constexpr std::uint64_t kMetadataBytes = 64U << 10;
constexpr int kMostRemovedForOneFile = 4;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return;
  errno = error.value();
  base::throw_errno("making the folder", folder.string(), folder_remedy(error.value(), folder));
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

// A page of zeros, which the first write goes over: whoever waits for a disk that has failed is
// told by the file he is given that it takes writes again, and need not lose packets to find out.
void try_write(const OpenFile& file) {
  const std::span<const std::byte> page(file.carry.data(), pcapfile::kPageBytes);
  const std::error_code error = write_fully(file.fd.get(), file.mode, 0, page);
  if (error) throw std::system_error(error, "write to " + (file.folder / file.name).string());
}

// Followed, it could lead to files that a later run does not find again.
void refuse_symlink(const fs::path& folder) {
  if (!fs::is_symlink(folder)) return;
  throw std::runtime_error(
      folder.string() +
      " is a symbolic link: a capture's folder must be a folder (a mount point will do)");
}

}  // namespace

Storage::Storage(StorageOptions options, base::Reporter report)
    : options_(std::move(options)), report_(std::move(report)) {
  if (options_.require_mount) mount_.emplace(options_.directory);
  make_folder(options_.directory);
  lock_ = lock_directory(options_.directory);
  choose_mode();
  for (const CaptureBudget& budget : options_.captures) open_folder(budget.capture);
  std::vector<NamedFile> partial = adopt_leftovers();
  budget_ = std::make_unique<Budget>(options_, report_);
  tell_modes();
  recovery_ = std::make_unique<Recovery>(std::move(partial), *budget_, report_, options_.on_closed);
  sidecars_ = std::make_unique<SidecarUpkeep>(options_, *budget_, report_);
  retention_ = std::make_unique<Retention>(options_.captures, *budget_);
  look_at_disk();
}

void Storage::choose_mode() {
  const ChosenMode chosen = choose_write_mode(options_.directory, options_.mode);
  mode_ = chosen.mode;
  const bool wanted = options_.mode == ModeChoice::kAuto || must_use_uring();
  may_use_uring_ = wanted && !chosen.no_uring;
  if (chosen.no_uring) {
    report_(base::Severity::kInfo,
            "io_uring cannot be used (" + chosen.no_uring.message() +
                "; an old kernel, kernel.io_uring_disabled or a seccomp filter may be why): a "
                "worker waits for each of its writes");
  }
}

void Storage::prepare(const std::vector<std::string>& captures) {
  if (mount_) mount_->check();
  std::vector<fs::path> made;
  try {
    for (const std::string& capture : captures) {
      if (!fs::exists(options_.directory / capture)) made.push_back(options_.directory / capture);
      open_folder(capture);
    }
  } catch (const std::exception&) {
    std::error_code ignored;  // only an empty one goes
    for (const fs::path& folder : made) fs::remove(folder, ignored);
    throw;
  }
}

void Storage::adopt(const StorageOptions& options) {
  options_.max_bytes = options.max_bytes;
  options_.min_free_bytes = options.min_free_bytes;
  options_.min_free_percent = options.min_free_percent;
  options_.captures = options.captures;
  budget_->adopt(options_);
  tell_modes();
  retention_->adopt(options_.captures);
}

void Storage::tell_modes() {
  for (const auto& usage : budget_->usage())
    usage->write_mode.store(modes_.at(usage->capture), std::memory_order_relaxed);
}

void Storage::open_folder(const std::string& capture) {
  const fs::path folder = options_.directory / capture;
  make_folder(folder);
  refuse_symlink(folder);
  choose_mode(capture, folder);
}

// A capture's folder may lie on a file system of its own.
void Storage::choose_mode(const std::string& capture, const fs::path& folder) {
  const WriteMode mode = choose_write_mode(folder, options_.mode).mode;
  modes_[capture] = mode;
  if (mode == mode_) return;
  report_(base::Severity::kInfo,
          "files of " + capture + ": " + std::string(name_of(mode)) + " writes");
}

// Names the files that have none yet, so that they count, and returns all that are to be finished.
std::vector<NamedFile> Storage::adopt_leftovers() {
  std::vector<NamedFile> partial;
  for (const fs::directory_entry& folder : fs::directory_iterator(options_.directory)) {
    if (folder.is_symlink() || !folder.is_directory()) continue;  // a link may lead nowhere
    try {
      adopt_unnamed_files(folder.path(), report_);
      std::ranges::move(partial_files(folder.path()), std::back_inserter(partial));
    } catch (const fs::filesystem_error&) {
      // A folder that cannot be read (lost+found) is not one of ours.
    }
  }
  return partial;
}

std::shared_ptr<OpenFile> Storage::create(const std::string& capture, const std::string& interface,
                                          unsigned worker, std::uint64_t max_bytes,
                                          pcapfile::Format format) {
  auto file = std::make_shared<OpenFile>();
  file->mode = modes_.at(capture);
  file->capture = capture;
  file->folder = options_.directory / capture;
  file->final_name = {.start = {}, .interface = interface, .worker = worker, .format = format};
  file->max_bytes = max_bytes;
  file->carry = base::Mapping::anonymous(kCarryBytes, "the carry of a file");

  const std::uint64_t step = std::min(kGrowStepBytes, max_bytes);
  if (mount_) mount_->check();
  make_folder(file->folder);  // somebody may have removed it
  budget_->make_room(capture, step + kMetadataBytes);
  // Inodes and quotas can be short while bytes are free: the oldest files make room for that, too.
  for (int removed = 0;; ++removed) {
    try {
      make_file(*file, step);
      break;
    } catch (const std::system_error& error) {
      const bool full = problem_of(error.code()) == StorageProblem::kFull;
      if (!full || removed == kMostRemovedForOneFile ||
          budget_->remove_oldest(capture, RemovalReason::kDiskFull) == 0)
        throw;
    }
  }
  grant(*file, step);
  return file;
}

void Storage::make_file(OpenFile& file, std::uint64_t bytes) {
  const int flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | open_flags(file.mode);
  std::string path;
  do {
    file.name = unnamed_file(file.final_name.interface, file.final_name.worker, ++last_file_);
    path = (file.folder / file.name).string();
    file.fd = base::UniqueFd(::open(path.c_str(), flags, kFileMode));
  } while (!file.fd && errno == EEXIST);
  base::check(file.fd.get(), "open", path);
  // For who comes past the directory and its lock (the folder may be a mount point):
  // UnfinishedFile.
  (void)::flock(file.fd.get(), LOCK_EX | LOCK_NB);
  try {
    preallocate(file, 0, bytes);
    try_write(file);
  } catch (const std::system_error&) {
    (void)::unlink(path.c_str());
    throw;
  }
}

void Storage::grow(OpenFile& file) {
  const std::uint64_t step = std::min(kGrowStepBytes, file.max_bytes - file.granted_bytes);
  if (step == 0) return;
  if (mount_) mount_->check();
  budget_->make_room(file.capture, step);
  preallocate(file, file.granted_bytes, step);
  grant(file, step);
}

void Storage::begin(OpenFile& file, PacketTime start) {
  file.first = start;
  file.final_name.start = std::chrono::floor<std::chrono::microseconds>(start);
  if (CaptureUsage* usage = budget_->usage_of(file.capture))
    usage->opened_files.fetch_add(1, std::memory_order_relaxed);
  rename_to(file, true);
}

void Storage::finish(OpenFile& file, const FinishedFile& finished) {
  give_up_grant(file);
  const fs::path path = file.folder / file.name;
  if (finished.size_bytes == 0) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) base::throw_errno("unlink", path.string());
    return;
  }
  std::exception_ptr failure;
  try {
    cut_file(file.fd.get(), finished.size_bytes, path.string());
    base::check(::fdatasync(file.fd.get()), "fdatasync", path.string());
    drop_cached_pages(file.fd.get(), file.mode);
    rename_to(file, false);
    describe(file, finished);
    sync_folder(file.folder);
    if (options_.on_closed) {
      options_.on_closed({file.folder / file.name, file.capture, file.final_name.interface});
    }
    finished_files_.fetch_add(1, std::memory_order_relaxed);
    if (CaptureUsage* usage = budget_->usage_of(file.capture))
      usage->closed_files.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::system_error&) {
    failure = std::current_exception();
  }
  FileName name = file.final_name;
  name.partial = file.name != name.text();
  budget_->add(file.capture, entry_of(file.folder / file.name, name));
  if (failure) std::rethrow_exception(failure);
}

// A file whose sidecar cannot be written is whole all the same.
void Storage::describe(const OpenFile& file, const FinishedFile& finished) {
  try {
    write_sidecar(file.folder / file.name, {.origin = Sidecar::Origin::kRecorded,
                                            .capture = file.capture,
                                            .interface = file.final_name.interface,
                                            .worker = file.final_name.worker,
                                            .linktype = finished.linktype,
                                            .first = file.first,
                                            .last = finished.last,
                                            .packets = finished.packets,
                                            .bytes = finished.size_bytes,
                                            .window = finished.window});
    if (std::exchange(sidecars_fail_, false))
      report_(base::Severity::kInfo, "sidecars can be written again");
  } catch (const std::system_error& error) {
    if (!std::exchange(sidecars_fail_, true))
      report_(base::Severity::kError, std::string(error.what()) + "; its file has no sidecar");
  }
}

bool Storage::retain_step(const TrustedClock::Reading& now) {
  if (mount_ && !mount_->holds()) return false;
  return retention_->step(now) || budget_->trim_step() || budget_->remove_beyond_count();
}

void Storage::rename_to(OpenFile& file, bool partial) {
  FileName name = file.final_name;
  name.partial = partial;
  name = rename_unused(file.folder / file.name, std::move(name));
  file.name = name.text();
  file.final_name.start = name.start;
}

void Storage::grant(OpenFile& file, std::uint64_t bytes) {
  budget_->grant(file.capture, file.granted_bytes == 0 ? bytes + kMetadataBytes : bytes);
  file.granted_bytes += bytes;
}

void Storage::give_up_grant(OpenFile& file) {
  if (file.granted_bytes == 0) return;
  budget_->give_back(file.capture, file.granted_bytes + kMetadataBytes);
  file.granted_bytes = 0;
}

}  // namespace ringtail::store
