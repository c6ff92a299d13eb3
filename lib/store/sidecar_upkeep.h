#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "base/report.h"
#include "store/budget.h"
#include "store/sidecar_rebuild.h"
#include "store/storage_options.h"

namespace ringtail::store {

// Brings the sidecars that earlier runs left in order: those without a file are removed, those that
// are missing or damaged are rebuilt, but for files of captures that are no longer recorded, which
// are the next to be deleted. What cannot be done is reported and left alone.
//
// Used by the disk thread alone. The budget must outlive it.
class SidecarUpkeep {
 public:
  SidecarUpkeep(const StorageOptions& options, Budget& budget, base::Reporter report);

  // One small piece of work; false when nothing is left to do.
  [[nodiscard]] bool step();

 private:
  void list_folder();
  void remove_orphan();
  void look_at_next();
  void step_current();

  Budget& budget_;
  base::Reporter report_;
  std::set<std::string> recorded_;  // captures
  std::deque<std::filesystem::path> folders_;
  std::filesystem::path folder_;  // that was listed last, and what in it is still to be done:
  std::deque<std::string> orphans_;
  std::deque<std::string> closed_;
  std::optional<SidecarRebuild> current_;
};

}  // namespace ringtail::store
