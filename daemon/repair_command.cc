#include "daemon/repair_command.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "base/check.h"
#include "base/escaped.h"
#include "daemon/exit_code.h"
#include "daemon/repair_sidecars.h"
#include "store/directory_lock.h"
#include "store/file_recovery.h"
#include "store/leftover.h"

namespace ringtail::daemon {
namespace {

namespace fs = std::filesystem;
using store::FileRecovery;
using store::NamedFile;

void add_folder(const fs::path& folder, std::vector<NamedFile>& files) {
  std::ranges::move(store::partial_files(folder), std::back_inserter(files));
  std::ranges::move(store::unnamed_files(folder), std::back_inserter(files));
}

struct Found {
  std::vector<NamedFile> files;   // unfinished ones
  std::vector<fs::path> folders;  // that they may lie in
};

// In the directory itself, which may be a capture's folder, and in the folders in it. One that
// cannot be read is named on `err`; then `complete` is false.
Found find_below(const fs::path& directory, std::ostream& err, bool& complete) {
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    // In this order: to look behind a symbolic link may fail.
    if (!entry.is_symlink() && entry.is_directory()) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  Found found;
  add_folder(directory, found.files);
  found.folders.push_back(directory);
  for (const fs::path& folder : folders) {
    try {
      add_folder(folder, found.files);
      found.folders.push_back(folder);
    } catch (const fs::filesystem_error& error) {
      err << base::escaped(error.what()) << '\n';
      complete = false;
    }
  }
  return found;
}

NamedFile single_file(const fs::path& path) {
  auto name = store::FileName::parse(path.filename().string());
  if (name && name->partial) return {path, *std::move(name)};
  throw std::runtime_error(path.string() +
                           " has not the name of a file that Ringtail is writing, which ends in "
                           ".pcap.part or .pcapng.part");
}

// False if the file is left alone; `err` says why.
bool repair(const NamedFile& file, FileRecovery::Mode mode, std::ostream& out, std::ostream& err) {
  try {
    FileRecovery recovery(file.path, file.name, mode);
    while (recovery.step()) {
    }
    out << base::escaped(to_text(recovery.result(), mode)) << '\n';
    return true;
  } catch (const std::runtime_error& error) {
    err << base::escaped(error.what()) << "; it is left alone\n";
    return false;
  }
}

// Absolute, and without symbolic links, so that the lock is found. A link that only the kernel can
// follow (/proc/PID/root) has no such path: then as it was given.
fs::path resolved(const fs::path& given) {
  base::check(::access(given.c_str(), F_OK), "access", given.string());
  std::error_code error;
  fs::path path = fs::canonical(given, error);
  if (!error && fs::equivalent(path, given, error)) return path;
  path = fs::absolute(given).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

int repair_all(const RepairOptions& options, std::ostream& out, std::ostream& err) {
  const fs::path path = resolved(options.path);
  const bool is_folder = fs::is_directory(path);
  const fs::path folder = is_folder ? path : path.parent_path();
  // The lock lies in the storage directory: that is the folder, or the one that it lies in.
  const base::UniqueFd own_lock = store::lock_if_recorded_to(folder);
  const base::UniqueFd outer_lock = folder.has_relative_path()
                                        ? store::lock_if_recorded_to(folder.parent_path())
                                        : base::UniqueFd();
  bool complete = true;
  const Found found = is_folder ? find_below(path, err, complete) : Found{{single_file(path)}, {}};
  const auto mode = options.dry_run ? FileRecovery::Mode::kLookOnly : FileRecovery::Mode::kRecover;
  for (const NamedFile& file : found.files) {
    if (!repair(file, mode, out, err)) complete = false;
  }
  for (const fs::path& below : found.folders) {
    if (!repair_sidecars(below, options.dry_run, out, err)) complete = false;
  }
  if (found.files.empty()) out << "no unfinished file in " << base::escaped(path.string()) << '\n';
  if (!out.flush()) {
    err << "the output cannot be written\n";
    return kFailure;
  }
  return complete ? kOk : kFailure;
}

}  // namespace

int repair_command(const RepairOptions& options, std::ostream& out, std::ostream& err) {
  try {
    return repair_all(options, out, err);
  } catch (const store::DirectoryInUse& error) {
    err << base::escaped(error.what()) << '\n';
    return kAlreadyRunning;
  } catch (const std::runtime_error& error) {
    err << base::escaped(error.what()) << '\n';
    return kFailure;
  }
}

}  // namespace ringtail::daemon
