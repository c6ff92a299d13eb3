#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/report.h"
#include "store/budget.h"
#include "store/file_recovery.h"
#include "store/leftover.h"
#include "store/on_close.h"

namespace ringtail::store {

// What recovering has done so far. Written by the disk thread, read by any.
struct RecoveryTotals {
  std::atomic<std::uint64_t> recovered_files = 0;
  std::atomic<std::uint64_t> cut_bytes = 0;  // of these, and all those of files without a packet
};

// Finishes the files that earlier runs were writing when they were killed, of whichever capture. A
// file that cannot be is reported and left alone; one to which the kernel still writes what a
// killed run had submitted, until try_again(). While one is worked on it counts as an open one, so
// that it is not deleted to make room.
//
// Used by the disk thread alone, except totals(). The budget must outlive it.
class Recovery {
 public:
  // `files` as partial_files() finds them before the first file is made.
  // `on_closed`, if set, is called for each file that is finished.
  Recovery(std::vector<NamedFile> files, Budget& budget, base::Reporter report,
           std::function<void(const ClosedFile&)> on_closed);

  // One small piece of work, see FileRecovery; false when nothing is left to do now.
  [[nodiscard]] bool step();
  // Whether files are left that were in use: they are tried again by the next steps.
  [[nodiscard]] bool try_again();
  [[nodiscard]] const RecoveryTotals& totals() const { return totals_; }

 private:
  void open_next();
  void close_current();

  Budget& budget_;
  base::Reporter report_;
  std::function<void(const ClosedFile&)> on_closed_;
  std::deque<NamedFile> waiting_;
  std::map<std::filesystem::path, FileName> in_use_;  // when they were last tried
  std::optional<FileRecovery> current_;
  Catalog::Entry before_;  // the current file, as it was found
  RecoveryTotals totals_;
};

}  // namespace ringtail::store
