#include "store/file_recovery.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "base/check.h"
#include "store/rename.h"
#include "store/sidecar_file.h"
#include "store/sidecar_rebuild.h"

namespace ringtail::store {

namespace fs = std::filesystem;

FileRecovery::FileRecovery(fs::path path, FileName name, Mode mode)
    : mode_(mode),
      result_{.path = std::move(path), .name = std::move(name)},
      file_(result_.path, mode == Mode::kRecover ? UnfinishedFile::Access::kReadWrite
                                                 : UnfinishedFile::Access::kRead) {}

bool FileRecovery::step() {
  switch (stage_) {
    case Stage::kWalk:
      if (!file_.step()) stage_ = after_walk();
      break;
    case Stage::kCut:
      file_.cut();
      stage_ = Stage::kSync;
      break;
    case Stage::kSync:
      file_.sync();
      stage_ = Stage::kRename;
      break;
    case Stage::kRename:
      rename();
      stage_ = Stage::kDone;
      break;
    case Stage::kRemove:
      base::check(::unlink(result_.path.c_str()), "unlink", result_.path.string());
      stage_ = Stage::kDone;
      break;
    case Stage::kDone:
      break;
  }
  return stage_ != Stage::kDone;
}

FileRecovery::Stage FileRecovery::after_walk() {
  const pcapfile::RecordWalk& walk = file_.walk();
  result_.end = walk.end();
  result_.packets = walk.packets();
  result_.cut_bytes = file_.size_bytes() - (walk.packets() > 0 ? walk.whole_bytes() : 0);
  if (mode_ == Mode::kLookOnly) return Stage::kDone;
  return walk.packets() > 0 ? Stage::kCut : Stage::kRemove;
}

void FileRecovery::rename() {
  FileName name = result_.name;
  if (name.start == PacketTime{}) {
    name.start = std::chrono::floor<std::chrono::microseconds>(*file_.walk().first_time());
    name.format = file_.walk().format();
  }
  name.partial = false;
  result_.name = rename_unused(result_.path, std::move(name));
  result_.path.replace_filename(result_.name.text());
  describe();
  sync_folder(result_.path.parent_path());
}

// Without its sidecar, which the next run will try to rebuild, the file is whole all the same.
void FileRecovery::describe() {
  try {
    write_sidecar(result_.path, *sidecar_of(result_.path, result_.name, file_.walk(),
                                            Sidecar::Origin::kRecovered));
  } catch (const std::system_error& error) {
    result_.no_sidecar = error.what();
  }
}

std::string to_text(const RecoveredFile& file, FileRecovery::Mode mode) {
  const bool done = mode == FileRecovery::Mode::kRecover;
  const std::string path = file.path.string();
  const std::string bytes = std::to_string(file.cut_bytes) + " bytes";
  if (file.packets == 0) {
    return (done ? "removed " : "would remove ") + path + ": no whole packet in its " + bytes;
  }
  const bool damaged = file.end == pcapfile::WalkEnd::kBadHeader;
  return (done ? "recovered " : "would recover ") + path + ": " + std::to_string(file.packets) +
         (file.packets == 1 ? " packet" : " packets") + " kept, " + bytes + " cut" +
         (damaged ? ", which begin as no packet does: the file was damaged" : "") +
         (file.no_sidecar.empty() ? "" : "; without a sidecar: " + file.no_sidecar);
}

}  // namespace ringtail::store
