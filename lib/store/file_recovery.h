#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "store/file_name.h"
#include "store/unfinished_file.h"

namespace ringtail::store {

// What a file that was not finished holds, and what became of it.
struct RecoveredFile {
  std::filesystem::path path;  // its present one; of a file that was removed the last one
  FileName name;
  std::uint64_t packets = 0;  // kept; 0: the file is removed
  std::uint64_t cut_bytes = 0;
  pcapfile::WalkEnd end = pcapfile::WalkEnd::kNotYet;  // why the walk ended
  std::string no_sidecar = {};                         // why it has none; empty if it has
};

// Finishes one file that a killed run was writing: walks it, cuts it behind its last whole record,
// makes it durable, gives it its final name and a sidecar; one without a packet is removed.
// Whenever this is interrupted, doing it again from the begin ends the same.
//
// Used by one thread. Failures are std::runtime_error (std::system_error where a call failed) and
// leave the file as it is then.
class FileRecovery {
 public:
  enum class Mode { kRecover, kLookOnly };

  // `name` as the file's says; one whose start is not known yet (0) gets that of its first packet,
  // and its format.
  FileRecovery(std::filesystem::path path, FileName name, Mode mode);

  // One small piece of it: a read of 1 MiB, or one of the calls at the end. False when all is done.
  [[nodiscard]] bool step();

  [[nodiscard]] const RecoveredFile& result() const { return result_; }

 private:
  enum class Stage { kWalk, kCut, kSync, kRename, kRemove, kDone };

  [[nodiscard]] Stage after_walk();
  void rename();
  void describe();

  Mode mode_;
  Stage stage_ = Stage::kWalk;
  RecoveredFile result_;
  UnfinishedFile file_;
};

// One line about it, for the log or for who asked.
[[nodiscard]] std::string to_text(const RecoveredFile& file, FileRecovery::Mode mode);

}  // namespace ringtail::store
