#include "store/recovery.h"

#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& file) {
  std::error_code ignored;  // what cannot be looked at cannot be worked on
  return fs::exists(fs::symlink_status(file, ignored));
}

}  // namespace

Recovery::Recovery(std::vector<NamedFile> files, Budget& budget, base::Reporter report,
                   std::function<void(const ClosedFile&)> on_closed)
    : budget_(budget),
      report_(std::move(report)),
      on_closed_(std::move(on_closed)),
      waiting_(std::move_iterator(files.begin()), std::move_iterator(files.end())) {}

bool Recovery::step() {
  if (!current_ && waiting_.empty()) return false;
  try {
    if (!current_) {
      open_next();
    } else if (!current_->step()) {
      const RecoveredFile& file = current_->result();
      totals_.cut_bytes.fetch_add(file.cut_bytes, std::memory_order_relaxed);
      if (file.packets > 0) totals_.recovered_files.fetch_add(1, std::memory_order_relaxed);
      report_(base::Severity::kInfo, to_text(file, FileRecovery::Mode::kRecover));
      if (file.packets > 0 && on_closed_)
        on_closed_({file.path, capture_of(file.path), file.name.interface});
      close_current();
    }
  } catch (const std::runtime_error& error) {
    report_(base::Severity::kWarning, std::string(error.what()) + "; it is left alone");
    if (current_) close_current();
  }
  return true;
}

bool Recovery::try_again() {
  if (current_ || !waiting_.empty()) return false;  // they come after these
  for (const auto& [path, name] : in_use_) waiting_.push_back({path, name});
  return !in_use_.empty();
}

void Recovery::open_next() {
  const NamedFile file = std::move(waiting_.front());
  waiting_.pop_front();
  if (!is_there(file.path)) {  // it was the oldest, and made room
    in_use_.erase(file.path);
    return;
  }
  try {
    current_.emplace(file.path, file.name, FileRecovery::Mode::kRecover);
  } catch (const FileInUse& error) {
    if (in_use_.emplace(file.path, file.name).second)
      report_(base::Severity::kInfo, std::string(error.what()) + "; it is recovered later");
    return;
  }
  in_use_.erase(file.path);
  before_ = entry_of(file.path, file.name);
  budget_.reopen(capture_of(file.path), before_);
}

void Recovery::close_current() {
  const RecoveredFile file = current_->result();
  const std::string capture = capture_of(file.path);
  current_.reset();
  budget_.give_back(capture, before_.allocated_bytes);
  if (is_there(file.path)) {
    budget_.add(capture, entry_of(file.path, file.name));
  }
}

}  // namespace ringtail::store
