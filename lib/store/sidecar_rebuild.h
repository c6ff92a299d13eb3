#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/leftover.h"
#include "store/sidecar.h"
#include "store/unfinished_file.h"

namespace ringtail::store {

// What a walk has found in a file, for its sidecar; nothing if it holds no packet.
[[nodiscard]] std::optional<Sidecar> sidecar_of(const std::filesystem::path& file,
                                                const FileName& name,
                                                const pcapfile::RecordWalk& walk,
                                                Sidecar::Origin origin);

// Writes the sidecar of a closed file that has none anew, from a walk over the file. A file in
// which there is no packet stays without.
//
// Used by one thread. Failures are std::runtime_error (std::system_error where a call failed).
class SidecarRebuild {
 public:
  explicit SidecarRebuild(NamedFile file)
      : file_(std::move(file)), content_(file_.path, UnfinishedFile::Access::kRead) {}

  // One small piece of it: a read of 1 MiB, or the writing. False when all is done.
  [[nodiscard]] bool step();

  [[nodiscard]] const NamedFile& file() const { return file_; }

 private:
  NamedFile file_;
  UnfinishedFile content_;
  bool walked_ = false;
};

}  // namespace ringtail::store
