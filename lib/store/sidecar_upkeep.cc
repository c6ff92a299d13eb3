#include "store/sidecar_upkeep.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "base/check.h"
#include "store/sidecar_file.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSidecarBytes = 4096;  // a block of most file systems

}  // namespace

SidecarUpkeep::SidecarUpkeep(const StorageOptions& options, Budget& budget, base::Reporter report)
    : budget_(budget), report_(std::move(report)) {
  for (const CaptureBudget& capture : options.captures) recorded_.insert(capture.capture);
  for (const fs::directory_entry& folder : fs::directory_iterator(options.directory))
    if (!folder.is_symlink() && folder.is_directory()) folders_.push_back(folder.path());
}

bool SidecarUpkeep::step() {
  try {
    if (current_)
      step_current();
    else if (!orphans_.empty())
      remove_orphan();
    else if (!closed_.empty())
      look_at_next();
    else if (!folders_.empty())
      list_folder();
    else
      return false;
  } catch (const std::runtime_error& error) {
    current_.reset();
    report_(base::Severity::kWarning, std::string(error.what()) + "; it is left alone");
  }
  return true;
}

void SidecarUpkeep::list_folder() {
  folder_ = std::move(folders_.front());
  folders_.pop_front();
  try {
    SidecarFolder found = list_sidecars(folder_);
    std::ranges::move(found.orphans, std::back_inserter(orphans_));
    if (recorded_.contains(folder_.filename().string()))
      std::ranges::move(found.closed, std::back_inserter(closed_));
  } catch (const fs::filesystem_error&) {
    // A folder that cannot be read (lost+found) is not one of ours.
  }
}

void SidecarUpkeep::remove_orphan() {
  const fs::path orphan = folder_ / orphans_.front();
  orphans_.pop_front();
  base::check(::unlink(orphan.c_str()), "unlink", orphan.string());
}

void SidecarUpkeep::look_at_next() {
  const NamedFile file{folder_ / closed_.front(), *FileName::parse(closed_.front())};
  closed_.pop_front();
  if (!lacks_sidecar(file.path)) return;
  budget_.make_room(capture_of(file.path), kSidecarBytes);
  if (fs::exists(fs::symlink_status(file.path))) current_.emplace(file);
}

void SidecarUpkeep::step_current() {
  if (current_->step()) return;
  const NamedFile file = current_->file();
  current_.reset();
  if (fs::exists(file.path)) budget_.recount(capture_of(file.path), entry_of(file.path, file.name));
}

}  // namespace ringtail::store
