#include "store/sidecar_rebuild.h"

#include "store/rename.h"
#include "store/sidecar_file.h"

namespace ringtail::store {

std::optional<Sidecar> sidecar_of(const std::filesystem::path& file, const FileName& name,
                                  const pcapfile::RecordWalk& walk, Sidecar::Origin origin) {
  if (walk.packets() == 0) return std::nullopt;
  return Sidecar{.origin = origin,
                 .capture = file.parent_path().filename().string(),
                 .interface = name.interface,
                 .worker = name.worker,
                 .linktype = walk.linktype(),
                 .first = *walk.first_time(),
                 .last = *walk.last_time(),
                 .packets = walk.packets(),
                 .bytes = walk.whole_bytes(),
                 .window = {}};
}

bool SidecarRebuild::step() {
  if (!walked_) {
    walked_ = !content_.step();
    return true;
  }
  // It may have been deleted meanwhile, to make room: then it needs none.
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(file_.path, ignored);
  const auto sidecar =
      sidecar_of(file_.path, file_.name, content_.walk(), Sidecar::Origin::kRebuilt);
  if (!is_there || !sidecar) return false;
  write_sidecar(file_.path, *sidecar);
  sync_folder(file_.path.parent_path());
  return false;
}

}  // namespace ringtail::store
